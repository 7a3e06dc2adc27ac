import { Answer, Link, Note, Row, useFormat, useMessages, useQuery, useViewer } from '@espalier/admin-kit'
import { MailStatusDocument } from '../documents.ts'
import { transportPage } from '../pages.ts'
import { messages } from './messages.ts'

/** How messages leave now, and what keeps them from it. @param withWay leads to where a provider is set up */
export function MailStatusLine({ withWay = true }: { withWay?: boolean }) {
  const m = useMessages(messages)
  const { number, dateTime } = useFormat()
  const viewer = useViewer()
  const status = useQuery(MailStatusDocument, {})
  return (
    <Answer of={status}>
      {({ mailStatus: { transport, perSecond, heldUntil, waiting, unknown, problem } }) => (
        <>
          <Row>
            <span>{m.leavesBy[transport] ?? transport}</span>
            {withWay && transport === 'outbox' && viewer.may('mail:configure') && (
              <Link to={transportPage}>{m.setUp}</Link>
            )}
            {typeof perSecond === 'number' && <span className="e-muted">{m.rate(number(perSecond, 1))}</span>}
            {waiting > 0 && <span>{m.waiting(number(waiting))}</span>}
          </Row>
          {heldUntil && <Note tone="warning">{m.held(dateTime(heldUntil))}</Note>}
          {unknown > 0 && <Note tone="warning">{m.unknown(number(unknown))}</Note>}
          {problem && <Note tone="critical">{problem}</Note>}
        </>
      )}
    </Answer>
  )
}
