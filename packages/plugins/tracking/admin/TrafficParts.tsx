import { Link, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'
import { eventsPage, sessionsPage, sitesPage, trafficPage } from './pages.ts'
import './traffic.css'

/** The ways between the pages of traffic. */
export function TrafficParts() {
  const m = useMessages(messages)
  return (
    <nav className="traffic-parts" aria-label={m.parts}>
      <Link to={trafficPage} exact>
        {m.overview}
      </Link>
      <Link to={sessionsPage}>{m.sessions}</Link>
      <Link to={eventsPage}>{m.events}</Link>
      <Link to={sitesPage}>{m.sites}</Link>
    </nav>
  )
}
