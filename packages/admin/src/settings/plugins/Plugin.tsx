import {
  Answer,
  ButtonLink,
  EmptyState,
  Link,
  PageFrame,
  useMessages,
  usePage,
  useQuery,
  useWords,
} from '@espalier/admin-kit'
import { Puzzle } from 'lucide-react'
import { changesOf } from '../live.ts'
import { pluginPage, pluginsPage } from '../pages.ts'
import { SettingsDocument, settingsOf } from './documents.ts'
import { messages } from './messages.ts'
import { SettingsForm } from './SettingsForm.tsx'

/** The settings of one plugin, as a form that is made of their schema. */
export default function Plugin() {
  const m = useMessages(messages)
  const words = useWords()
  const { params } = usePage(pluginPage)
  const query = useQuery(SettingsDocument, {}, { live: changesOf('PluginSetting') })
  const { name } = params
  return (
    <PageFrame
      title={query.data?.plugins.find((plugin) => plugin.name === name)?.title ?? name}
      lead={m.pluginLead}
      breadcrumbs={<Link to={pluginsPage}>{words(pluginsPage.title)}</Link>}
    >
      <Answer of={query} height="30rem">
        {(data) => {
          const settings = settingsOf(data, name)
          return settings ? (
            <SettingsForm key={name} plugin={name} settings={settings} />
          ) : (
            <EmptyState icon={Puzzle} title={m.gone} action={<ButtonLink to={pluginsPage}>{m.back}</ButtonLink>}>
              {m.goneWhy}
            </EmptyState>
          )
        }}
      </Answer>
    </PageFrame>
  )
}
