import { Failure, PageFrame, type Query, Skeleton } from '@espalier/admin-kit'
import type { ReactNode } from 'react'

/**
 * The page of one thing: its place while it loads, why it cannot be shown, that there is no such thing, or what is made of it.
 *
 * @param title while there is no thing with a name of its own
 * @param height CSS length of what will come, so that nothing jumps
 * @param gone what is said where there is no such thing
 * @param children makes the page, or undefined where the answer holds no such thing
 */
export function ObjectFrame<Result>({
  of: { data, error, again },
  title,
  trail,
  height,
  gone,
  children,
}: {
  of: Query<Result>
  title: string
  trail: ReactNode
  height: string
  gone: string
  children: (data: Result) => ReactNode | undefined
}) {
  const page = data === undefined ? undefined : children(data)
  if (page !== undefined) return page
  const isGone = data !== undefined || error?.isGone
  return (
    <PageFrame title={title} breadcrumbs={trail}>
      {isGone ? (
        <Failure error={{ code: 'NOT_FOUND', message: gone }} />
      ) : error ? (
        <Failure error={error} again={again} />
      ) : (
        <Skeleton height={height} />
      )}
    </PageFrame>
  )
}
