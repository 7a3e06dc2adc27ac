import type { ReactNode } from 'react'
import { Failure } from '../components/Failure.tsx'
import { Note } from '../components/Note.tsx'
import { Skeleton } from '../components/Skeleton.tsx'
import type { Query } from './useQuery.ts'

/**
 * Shows what a query answers: a skeleton first, why it failed and the way out, otherwise what is made of its data. What is
 * known stays when asking again fails; without a connection that is said once, in the frame.
 *
 * @param height CSS length of what will come, so that nothing jumps. Default: three lines
 */
export function Answer<Result>({
  of: { data, error, again },
  height,
  skeleton = <Skeleton {...(height === undefined ? {} : { height })} />,
  children,
}: {
  of: Query<Result>
  height?: string | number
  skeleton?: ReactNode
  children: (data: Result) => ReactNode
}) {
  if (data === undefined) return error ? <Failure error={error} again={again} /> : skeleton
  return (
    <>
      {error && error.code !== 'UNREACHABLE' && (
        <Note tone="warning" announced>
          {error.message}
        </Note>
      )}
      {children(data)}
    </>
  )
}
