import {
  Answer,
  Badge,
  Link,
  Note,
  PageFrame,
  SegmentedControl,
  Stack,
  useLanguage,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import type { OwnMailTemplatesQuery } from '../graphql/graphql.ts'
import { messages as mailMessages } from '../messages.ts'
import { templatePage, templatesPage } from '../pages.ts'
import { OwnTemplatesDocument } from './documents.ts'
import { messages } from './messages.ts'
import { TemplateDeeds } from './TemplateDeeds.tsx'
import { TemplateForm } from './TemplateForm.tsx'
import './templates.css'

/** One template in one language: what it says, and how that is seen. */
export default function Template() {
  const { params, search } = usePage(templatePage)
  const { language: mine } = useLanguage()
  const language = search.language ?? mine
  const query = useQuery(OwnTemplatesDocument, { name: params.name })
  return (
    <Answer of={query}>
      {(data) => <Found key={language} name={params.name} language={language} data={data} again={query.again} />}
    </Answer>
  )
}

export type OwnTemplate = OwnMailTemplatesQuery['mailTemplates']['nodes'][number]

function Found({
  name,
  language,
  data,
  again,
}: {
  name: string
  language: 'en' | 'fr'
  data: OwnMailTemplatesQuery
  again: () => void
}) {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const viewer = useViewer()
  const { setSearch } = usePage(templatePage)
  const definition = data.mailTemplateDefinitions.find((one) => one.name === name)
  const original = definition?.texts.find((text) => text.language === language)
  const own = data.mailTemplates.nodes.find((one) => one.language === (language === 'en' ? 'EN' : 'FR'))
  const mayWrite = viewer.may('mail:write')
  return (
    <PageFrame
      title={name}
      lead={definition?.description}
      wide
      badge={
        own ? <Badge tone="info">{m.version(own.version)}</Badge> : <Badge>{original ? m.original : m.fresh}</Badge>
      }
      breadcrumbs={<Link to={templatesPage}>{m.back}</Link>}
      actions={
        mayWrite && <TemplateDeeds name={name} language={language} own={own} isPlugins={original !== undefined} />
      }
    >
      <Stack>
        <SegmentedControl
          label={m.language}
          options={[
            { id: 'en' as const, label: words.languages.EN },
            { id: 'fr' as const, label: words.languages.FR },
          ]}
          value={language}
          onChange={(next) => setSearch({ language: next })}
        />
        {!mayWrite && <Note>{m.readOnly}</Note>}
        <TemplateForm
          name={name}
          language={language}
          own={own}
          start={{
            subject: own?.subject ?? original?.subject ?? '',
            body:
              own?.body ??
              original?.body ??
              '<mj-section>\n  <mj-column>\n    <mj-text></mj-text>\n  </mj-column>\n</mj-section>',
            sample: JSON.stringify(own?.sample ?? original?.sample ?? {}, null, 2),
            topic: own?.topic ?? definition?.topic ?? '',
            kind: own?.class ?? definition?.class ?? 'TRANSACTIONAL',
          }}
          original={original}
          isPlugins={definition !== undefined}
          mayWrite={mayWrite}
          again={again}
        />
      </Stack>
    </PageFrame>
  )
}
