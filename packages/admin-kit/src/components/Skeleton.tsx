import { useMessages } from '../language/messages.ts'
import { words } from './words.ts'
import './layout.css'

/**
 * Keeps the place of what is loading, so that nothing moves when it comes.
 *
 * @param height CSS length of the whole. Default: that of the lines
 * @param lines how many lines of text to hint at. Default 3; none where a height is given
 */
export function Skeleton({
  height,
  lines = height === undefined ? 3 : 0,
}: {
  height?: string | number
  lines?: number
}) {
  const m = useMessages(words)
  return (
    <div className={lines > 0 ? 'e-skeleton' : 'e-skeleton e-skeleton-block'} aria-busy="true" style={{ height }}>
      <span className="e-hidden">{m.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are all the same
        <span key={line} className="e-skeleton-line" aria-hidden="true" />
      ))}
    </div>
  )
}
