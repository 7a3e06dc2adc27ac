import {
  Badge,
  Button,
  Meter,
  Note,
  ProgressBar,
  Section,
  TimeAgo,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { ScanSearch } from 'lucide-react'
import { useEffect } from 'react'
import { CheckAccessibility, ReportsDocument } from './documents.ts'
import { messages } from './messages.ts'

/** How often one looks how far a check is: it takes seconds, and no subscription tells. Milliseconds. */
const lookMs = 1_500

/** The latest report of a browser on the page, and the way to a new one. */
export function Accessibility({ pageId, mayWrite }: { pageId: string; mayWrite: boolean }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { data, again } = useQuery(ReportsDocument, { pageId })
  const [check, { busy, problem }] = useMutation(CheckAccessibility, { invalidates: ['accessibilityReports'] })
  const report = data?.accessibilityReports.nodes[0]
  const underWay = report?.status === 'WAITING' || report?.status === 'RUNNING'
  useEffect(() => {
    if (!underWay) return
    const timer = setInterval(again, lookMs)
    return () => clearInterval(timer)
  }, [underWay, again])
  return (
    <Section
      title={m.accessibility}
      lead={m.accessibilityLead}
      actions={
        mayWrite && (
          <Button size="small" icon={ScanSearch} busy={busy || underWay} onPress={() => void check({ pageId })}>
            {m.check}
          </Button>
        )
      }
    >
      <div id="accessibility">
        {problem && (
          <Note tone="critical" announced>
            {problem.message}
          </Note>
        )}
        {!report && data && <p className="po-quiet">{m.noReport}</p>}
        {underWay && <ProgressBar label={m.running} value={report.progress} max={100} />}
        {report?.status === 'FAILED' && <Note tone="critical">{m.failed(report.failure ?? '')}</Note>}
        {report?.status === 'DONE' && typeof report.score === 'number' && (
          <>
            <Meter
              label={m.accessibility}
              labelHidden
              value={report.score}
              max={100}
              valueLabel={m.scored(report.score)}
              tone={report.score >= 90 ? 'positive' : report.score >= 70 ? 'warning' : 'critical'}
            />
            <p>
              <b>{m.scored(report.score)}</b>{' '}
              <span className="po-quiet">
                {report.variantKey}, <TimeAgo at={report.finishedAt ?? report.createdAt} />
              </span>
            </p>
            {report.issues.length === 0 ? (
              <p className="po-quiet">{m.perfect}</p>
            ) : (
              <ul className="po-issues">
                {report.issues.map(({ rule, impact, help, helpUrl, criteria, count, elements }) => (
                  <li key={rule}>
                    <details>
                      <summary>
                        <Badge tone={impact === 'serious' || impact === 'critical' ? 'critical' : 'warning'}>
                          {m.impacts[impact] ?? impact}
                        </Badge>{' '}
                        {help}{' '}
                        <small>
                          {m.elements(number(count))}, {criteria.join(', ')}
                        </small>
                      </summary>
                      {elements.map(({ selector, mend }) => (
                        <p key={selector}>
                          <code>{selector}</code> {mend}
                        </p>
                      ))}
                      <a href={helpUrl} target="_blank" rel="noreferrer">
                        {m.learn}
                      </a>
                    </details>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </Section>
  )
}
