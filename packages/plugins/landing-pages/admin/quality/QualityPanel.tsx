import { Badge, Failure, Link, Meter, plainId, Skeleton, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import { messages } from '../messages.ts'
import { pagePage } from '../pages.ts'
import type { Quality } from './useQuality.ts'

/** Bytes of HTML and CSS that a page may weigh before the check warns. */
const budget = 50_000

/** What visitors would stumble over, each leading to its field; and what the variant weighs. */
export function QualityPanel({
  pageId,
  quality: { findings, weight, loading, error, again },
  onShow,
}: {
  pageId: string
  quality: Quality
  onShow: (blockId: string | null) => void
}) {
  const { quality: m } = useMessages(messages)
  const { number, bytes, duration } = useFormat()
  if (error) return <Failure error={error} again={again} />
  if (loading) return <Skeleton height="12rem" />
  return (
    <Stack gap={3}>
      {findings.length === 0 ? (
        <p className="ed-quiet">{m.nothing}</p>
      ) : (
        <ul className="ed-findings">
          {findings.map(({ code, severity, message, blockId }) => (
            <li key={`${code} ${blockId} ${message}`}>
              <button type="button" onClick={() => onShow(blockId ?? null)}>
                <Badge tone={severity === 'ERROR' ? 'critical' : 'warning'}>
                  {severity === 'ERROR' ? m.error : m.warning}
                </Badge>
                <span>{message}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {weight && (
        <>
          <Meter
            label={m.weight}
            value={weight.bytes}
            max={budget}
            valueLabel={m.ofBudget(bytes(weight.bytes), bytes(budget))}
          />
          <p className="ed-quiet">{m.reading(number(weight.words), duration(weight.readingSeconds * 1_000))}</p>
        </>
      )}
      <Link to={pagePage} params={{ id: plainId(pageId) }} hash="accessibility">
        {m.accessibility}
      </Link>
    </Stack>
  )
}
