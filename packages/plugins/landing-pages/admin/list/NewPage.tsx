import {
  Answer,
  Button,
  Note,
  PageFrame,
  plainId,
  Select,
  Skeleton,
  TextField,
  useGoTo,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { contentOf } from '../canvas/content.ts'
import { StillPage } from '../canvas/StillPage.tsx'
import { Breadcrumbs } from '../editor/Breadcrumbs.tsx'
import type { PageStartersQuery } from '../graphql/graphql.ts'
import { editorPage, newPagePage } from '../pages.ts'
import { CreatePage, StartersDocument } from './documents.ts'
import { messages } from './messages.ts'
import { slugOf } from './slugOf.ts'
import './pages.css'

/** A page from a starter. */
export default function NewPage() {
  const { create: m } = useMessages(messages)
  const { user } = useViewer()
  const [language, setLanguage] = useState<'en' | 'fr'>(user.locale.startsWith('fr') ? 'fr' : 'en')
  const starters = useQuery(StartersDocument, { language }, { keep: true })
  return (
    <PageFrame title={m.title} lead={m.lead} breadcrumbs={<Breadcrumbs />}>
      <Answer of={starters} skeleton={<Skeleton height="32rem" />}>
        {(data) => <NewPageForm data={data} language={language} onLanguage={setLanguage} />}
      </Answer>
    </PageFrame>
  )
}

function NewPageForm({
  data,
  language,
  onLanguage,
}: {
  data: PageStartersQuery
  language: 'en' | 'fr'
  onLanguage: (language: 'en' | 'fr') => void
}) {
  const { create: m } = useMessages(messages)
  const { workspace } = useViewer()
  const { search, setSearch } = usePage(newPagePage)
  const goTo = useGoTo()
  const [title, setTitle] = useState('')
  const [ownSlug, setSlug] = useState<string>()
  const [create, { busy, problem }] = useMutation(CreatePage, { invalidates: ['pages'] })
  const starter = data.pageStarters.find(({ key }) => key === search.starter) ?? data.pageStarters[1]
  const slug = ownSlug ?? slugOf(title)
  const problemOf = (field: string) => problem?.issues.find(({ path }) => path === `input.${field}`)?.message
  const others = problem?.issues.filter(({ path }) => path !== 'input.slug' && path !== 'input.title')
  return (
    <form
      className="lp-form"
      onSubmit={async (event) => {
        event.preventDefault()
        if (!starter) return
        const variants = [{ key: 'control', content: starter.content }]
        const { data: made } = await create({ input: { title, slug, language, variants } })
        if (made) goTo(editorPage, { params: { id: plainId(made.id) } })
      }}
    >
      <div className="lp-fields">
        <TextField
          label={m.name}
          hint={m.nameHint}
          value={title}
          onChange={setTitle}
          required
          autoFocus
          maxLength={120}
          error={problemOf('title')}
        />
        <TextField
          label={m.slug}
          hint={m.slugHint(`/p/${workspace.slug}/`)}
          value={slug}
          onChange={setSlug}
          required
          code
          maxLength={80}
          error={problemOf('slug')}
        />
        <Select
          label={m.language}
          value={language}
          onChange={onLanguage}
          options={(['en', 'fr'] as const).map((id) => ({ id, label: m.languages[id] }))}
        />
      </div>
      <fieldset className="lp-starters">
        <legend>{m.starter}</legend>
        {data.pageStarters.map(({ key, title, purpose, content }) => (
          <label key={key} className="lp-starter">
            <input
              type="radio"
              name="starter"
              value={key}
              checked={key === starter?.key}
              onChange={() => setSearch({ starter: key })}
            />
            <StillPage
              title={m.preview(title)}
              content={contentOf(content)}
              language={language}
              styles={data.pageStyles}
              labelOf={(type) => data.pageBlocks.find((block) => block.type === type)?.label ?? type}
              height={180}
            />
            <b>{title}</b>
            <small>{purpose}</small>
          </label>
        ))}
      </fieldset>
      {problem && (problem.issues.length === 0 || (others?.length ?? 0) > 0) && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      <div>
        <Button type="submit" variant="primary" busy={busy} disabled={title.trim() === '' || slug === ''}>
          {m.make}
        </Button>
      </div>
    </form>
  )
}
