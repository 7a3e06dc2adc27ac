import { useEffect, useState } from 'react'
import { type ApiError, ask } from '../api.ts'
import { Failure } from '../Failure.tsx'
import type { NotificationMail, NotificationPreferenceInput } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { useLanguage } from '../language.tsx'
import { moment } from '../moment.ts'
import { Link, ScreenHeading } from '../route.tsx'
import { useAnswer, useLive } from '../useApi.ts'
import { usePages } from '../usePages.ts'
import { MyReport } from './MyReport.tsx'

const StateDocument = graphql(`
  subscription NotificationsChanged {
    notificationsChanged {
      unread
      latest {
        id
      }
    }
  }
`)

const ListDocument = graphql(`
  query Notifications($after: String) {
    notifications(first: 25, after: $after) {
      edges {
        node {
          id
          severity
          title
          body
          link
          readAt
          createdAt
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const ReadDocument = graphql(`
  mutation ReadNotifications($ids: [ID!]) {
    markNotificationsRead(ids: $ids) {
      ... on Error {
        message
      }
    }
  }
`)

const PreferencesDocument = graphql(`
  query NotificationPreferences {
    notificationPreferences {
      kind
      description
      inApp
      mail
    }
  }
`)

const PreferDocument = graphql(`
  mutation SetNotificationPreferences($input: [NotificationPreferenceInput!]!) {
    setNotificationPreferences(input: $input) {
      ... on Error {
        message
      }
    }
  }
`)

/** How many the person has not read, as it changes. */
export function useUnread(): number | undefined {
  return useLive(StateDocument, {}).result?.notificationsChanged.unread
}

/** What the workspace has to tell, and how one wants to be told. */
export function Notifications() {
  const { messages } = useLanguage()
  return (
    <>
      <ScreenHeading>{messages.notifications.title}</ScreenHeading>
      <List />
      <MyReport />
      <Preferences />
    </>
  )
}

function List() {
  const { language, messages } = useLanguage()
  const { result } = useLive(StateDocument, {})
  const list = usePages(ListDocument, {}, ({ notifications }) => notifications)
  const latest = result?.notificationsChanged.latest?.id
  const unread = result?.notificationsChanged.unread ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when there is something new
  useEffect(() => {
    if (latest) list.again()
  }, [latest, unread])
  const read = (ids: string[] | null) => ask(ReadDocument, { ids }).then(list.again, () => {})
  return (
    <section aria-labelledby="list">
      <div className="row">
        <h2 id="list">
          <span role="status">{messages.notifications.unread(unread)}</span>
        </h2>
        {unread > 0 && (
          <button type="button" onClick={() => read(null)}>
            {messages.notifications.readAll}
          </button>
        )}
      </div>
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      {list.state === 'ready' && list.nodes.length === 0 && <p className="muted">{messages.notifications.none}</p>}
      <ol className="steps">
        {list.nodes.map(({ id, severity, title, body, link, readAt, createdAt }) => (
          <li key={id} className={`notification ${severity.toLowerCase()}`}>
            <div className="row">
              <strong>{title}</strong>
              <span className="badge">{messages.notifications.severities[severity] ?? severity}</span>
              {!readAt && <span className="badge new">{messages.notifications.isNew}</span>}
              <time dateTime={createdAt} className="muted">
                {moment(createdAt, language)}
              </time>
              {link && (
                <Link to={link.replace(/^\/(admin\/)?/, '')} onClick={() => read([id])}>
                  {messages.notifications.look}
                </Link>
              )}
            </div>
            {body && <p>{body}</p>}
          </li>
        ))}
      </ol>
      {list.more && (
        <button type="button" onClick={list.more}>
          {messages.notifications.more}
        </button>
      )}
    </section>
  )
}

function Preferences() {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(PreferencesDocument, {})
  const [failure, setFailure] = useState<string>()
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const prefer = (preference: NotificationPreferenceInput) =>
    ask(PreferDocument, { input: [preference] }).then(
      ({ setNotificationPreferences: kept }) => {
        setFailure('message' in kept ? kept.message : undefined)
        again()
      },
      (error: ApiError) => setFailure(error.message),
    )
  return (
    <section aria-labelledby="preferences">
      <h2 id="preferences">{messages.notifications.preferences}</h2>
      {failure && (
        <p role="alert" className="bad">
          {messages.notifications.notKept} {failure}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
      <section className="table-scroll" tabIndex={0} aria-label={messages.table(messages.notifications.preferences)}>
        <table>
          <thead>
            <tr>
              <th scope="col">{messages.notifications.kind}</th>
              <th scope="col">{messages.notifications.inApp}</th>
              <th scope="col">{messages.notifications.byMail}</th>
            </tr>
          </thead>
          <tbody>
            {answer.result.notificationPreferences.map(({ kind, description, inApp, mail }) => (
              <tr key={kind}>
                <th scope="row">{description}</th>
                <td>
                  <input
                    type="checkbox"
                    aria-label={messages.notifications.inAppOf(description)}
                    checked={inApp}
                    onChange={(event) => prefer({ kind, inApp: event.target.checked })}
                  />
                </td>
                <td>
                  <select
                    aria-label={messages.notifications.mailOf(description)}
                    value={mail}
                    onChange={(event) => prefer({ kind, mail: event.target.value as NotificationMail })}
                  >
                    {Object.entries(messages.notifications.mail).map(([value, label]) => (
                      <option key={value} value={value}>
                        {label}
                      </option>
                    ))}
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}
