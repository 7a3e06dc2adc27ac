import {
  Answer,
  Link,
  PageFrame,
  Select,
  Skeleton,
  Switch,
  toast,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import type { NotificationPreferenceInput } from '../graphql/graphql.ts'
import { notificationsPage } from '../pages.ts'
import { PreferDocument, PreferencesDocument } from './documents.ts'
import { messages } from './messages.ts'
import '../operations.css'

const ways = ['AT_ONCE', 'DIGEST', 'NEVER'] as const

/** How one wants to be told of each kind. What is chosen holds at once. */
export default function Preferences() {
  const m = useMessages(messages)
  const query = useQuery(PreferencesDocument, {})
  const [prefer] = useMutation(PreferDocument, { invalidates: ['notificationPreferences'] })
  const choose = async (input: NotificationPreferenceInput) => {
    const { problem } = await prefer({ input: [input] })
    if (problem) toast(problem.message, { tone: 'critical' })
  }
  return (
    <PageFrame
      title={m.preferences}
      lead={m.preferencesLead}
      breadcrumbs={<Link to={notificationsPage}>{m.back}</Link>}
    >
      <Answer of={query} skeleton={<Skeleton height="30rem" />}>
        {({ notificationPreferences }) => (
          <ul className="operations-preferences">
            {notificationPreferences.map(({ kind, description, inApp, mail }) => (
              <li key={kind}>
                <span>{description}</span>
                <Switch value={inApp} onChange={(next) => void choose({ kind, inApp: next })}>
                  <span aria-hidden="true">{m.inApp}</span>
                  <span className="e-hidden">{m.inAppOf(description)}</span>
                </Switch>
                <Select
                  label={m.mailOf(description)}
                  labelHidden
                  options={ways.map((id) => ({ id, label: m.byMail(m.mail[id]) }))}
                  value={mail}
                  onChange={(next) => void choose({ kind, mail: next })}
                />
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </PageFrame>
  )
}
