import type { ReactNode } from 'react'
import type { ViewerQuery } from './graphql/graphql.ts'
import { LiveExperiment } from './LiveExperiment.tsx'
import { useLanguage } from './language.tsx'
import { Overview } from './Overview.tsx'
import { Link, ScreenHeading, useRoute } from './route.tsx'
import { Alerts } from './screens/Alerts.tsx'
import { Costs } from './screens/costs/Costs.tsx'
import { Improvement } from './screens/improvement/Improvement.tsx'
import { PageImprovement } from './screens/improvement/PageImprovement.tsx'
import { Mail } from './screens/Mail.tsx'
import { MailMessage } from './screens/MailMessage.tsx'
import { Notifications } from './screens/Notifications.tsx'
import { Prompt } from './screens/prompts/Prompt.tsx'
import { Prompts } from './screens/prompts/Prompts.tsx'

/** What the address stands for. Notifications and mail lead here with the plain ids of things. */
export function Screen({
  viewer,
  runs,
}: {
  viewer: NonNullable<ViewerQuery['viewer']>
  /** Whether a plugin is switched on. */
  runs: (plugin: string) => boolean
}) {
  const { messages } = useLanguage()
  const { path } = useRoute()
  const [name = '', id] = path
  const may = (permission: string) => viewer.permissions.includes(permission)
  const mayDecide = viewer.role !== 'VIEWER'
  const notifications = () => <Notifications />
  const alerts = () => <Alerts mayDecide={mayDecide} />
  const page = (id: string) => <PageImprovement id={globalId('Page', id)} mayDecide={may('pages:write')} />
  const screens: Record<string, () => ReactNode> = {
    '': () => (
      <>
        <ScreenHeading>{messages.welcome(viewer.user?.name ?? '')}</ScreenHeading>
        <Overview />
      </>
    ),
    improvement: () => (id ? page(id) : <Improvement />),
    pages: () => (id ? page(id) : <Improvement />),
    experiments: () => (
      <>
        <ScreenHeading>{messages.experiments}</ScreenHeading>
        {id ? <LiveExperiment id={globalId('Experiment', id)} /> : <Overview />}
      </>
    ),
    prompts: () => (id ? <Prompt name={id} mayDecide={may('prompts:write')} /> : <Prompts />),
    mail: () => {
      if (!may('mail:read')) return <Withheld title={messages.mail.title} />
      return id ? <MailMessage id={id} mayResend={may('mail:write')} /> : <Mail />
    },
    notifications,
    reports: notifications,
    settings: notifications,
    alerts,
    jobs: alerts,
    costs: () => <Costs runs={runs} may={may} />,
  }
  if (Object.hasOwn(screens, name)) return screens[name]?.()
  return (
    <>
      <ScreenHeading>{messages.noScreen}</ScreenHeading>
      <Link to="">{messages.overview}</Link>
    </>
  )
}

/** A screen that the role does not show. */
function Withheld({ title }: { title: string }) {
  const { messages } = useLanguage()
  return (
    <>
      <ScreenHeading>{title}</ScreenHeading>
      <p>{messages.forbidden}</p>
    </>
  )
}

/** The id by which the API knows a thing whose plain id stands in an address. */
function globalId(type: string, id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? btoa(`${type}:${id}`) : id
}
