import { Answer, Badge, Link, PageFrame, useFormat, useMessages, useQuery, useWords } from '@espalier/admin-kit'
import { changesOf } from '../live.ts'
import { pluginPage, pluginsPage } from '../pages.ts'
import { SettingsDocument, settingsOf } from './documents.ts'
import { messages } from './messages.ts'
import { isDefault } from './schema.ts'
import '../settings.css'

/** The plugins that run, each with the way to its settings. */
export default function Plugins() {
  const m = useMessages(messages)
  const words = useWords()
  const { list, number } = useFormat()
  const query = useQuery(SettingsDocument, {}, { live: changesOf('PluginSetting') })
  return (
    <PageFrame title={words(pluginsPage.title)} lead={m.lead}>
      <Answer of={query} height="24rem">
        {(data) => {
          const titles = new Map(data.plugins.map(({ name, title }) => [name, title]))
          return (
            <ul className="settings-lines">
              {data.plugins.map(({ name, title, about, requires }) => {
                const settings = settingsOf(data, name)
                const changed = Object.entries(settings?.schema.properties ?? {}).filter(
                  ([key, schema]) => !isDefault(settings?.values[key], schema),
                ).length
                return (
                  <li key={name}>
                    <span>
                      {settings ? (
                        <Link to={pluginPage} params={{ name }}>
                          {title}
                        </Link>
                      ) : (
                        title
                      )}
                      {about && <div className="e-hint">{about}</div>}
                    </span>
                    {requires.length > 0 && (
                      <span className="e-muted">
                        {m.standsOn(list(requires.map((required) => titles.get(required) ?? required)))}
                      </span>
                    )}
                    {settings ? (
                      <Badge tone={changed > 0 ? 'info' : 'neutral'}>
                        {changed > 0 ? m.changedCount(number(changed)) : m.asDefault}
                      </Badge>
                    ) : (
                      <span className="e-muted">{m.noSettings}</span>
                    )}
                  </li>
                )
              })}
            </ul>
          )
        }}
      </Answer>
    </PageFrame>
  )
}
