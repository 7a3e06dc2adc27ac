import { Answer, Failure, Link, PageFrame, Skeleton, useMessages, usePage, useQuery } from '@espalier/admin-kit'
import { PromptDocument } from '../documents.ts'
import { messages as shared } from '../messages.ts'
import { promptPage, promptsPage, writeVersionPage } from '../pages.ts'
import { messages } from './messages.ts'
import { VersionForm } from './VersionForm.tsx'

/** Writes the next version of a prompt, beginning with another one. */
export default function WriteVersion() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { params, search } = usePage(writeVersionPage)
  const query = useQuery(PromptDocument, { name: params.name })
  return (
    <PageFrame
      title={m.newVersion}
      lead={m.newLead}
      wide
      breadcrumbs={
        <>
          <Link to={promptsPage}>{words.prompts}</Link>
          {' / '}
          <Link to={promptPage} params={params} search={{ language: search.language }}>
            {params.name}
          </Link>
        </>
      }
    >
      <Answer of={query} skeleton={<Skeleton height="36rem" />}>
        {({ prompt }) =>
          prompt ? (
            <VersionForm key={`${search.language} ${search.from}`} prompt={prompt} {...search} />
          ) : (
            <Failure error={{ code: 'NOT_FOUND', message: words.gone }} />
          )
        }
      </Answer>
    </PageFrame>
  )
}
