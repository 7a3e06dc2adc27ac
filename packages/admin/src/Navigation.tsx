import { useLanguage } from './language.tsx'
import { Link, useRoute } from './route.tsx'
import { useUnread } from './screens/Notifications.tsx'

/** The way from screen to screen. A plugin that is switched off has none. */
export function Navigation({ runs }: { runs: (plugin: string) => boolean }) {
  const { messages } = useLanguage()
  const { path } = useRoute()
  const screens = [
    { to: '', label: messages.overview, shown: true },
    { to: 'improvement', label: messages.improvement.title, shown: runs('landing-pages') },
    { to: 'prompts', label: messages.prompts.title, shown: runs('prompts') },
    { to: 'mail', label: messages.mail.title, shown: runs('mail') },
    { to: 'notifications', label: messages.notifications.title, shown: runs('operations'), beside: <Unread /> },
    { to: 'alerts', label: messages.alerts.title, shown: runs('operations') },
    { to: 'costs', label: messages.costs.title, shown: runs('ai') || runs('operations') },
  ]
  return (
    <nav aria-label={messages.screens}>
      <ul>
        {screens
          .filter(({ shown }) => shown)
          .map(({ to, label, beside }) => (
            <li key={to}>
              <Link to={to} aria-current={(path[0] ?? '') === to ? 'page' : undefined}>
                {label}
              </Link>
              {beside}
            </li>
          ))}
      </ul>
    </nav>
  )
}

function Unread() {
  const { messages } = useLanguage()
  const unread = useUnread()
  return unread ? (
    <span className="badge new" role="img" aria-label={messages.notifications.unread(unread)}>
      {unread}
    </span>
  ) : null
}
