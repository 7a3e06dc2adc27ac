import {
  Answer,
  EmptyState,
  globalId,
  Link,
  Note,
  PageFrame,
  Skeleton,
  useMessages,
  usePage,
  useQuery,
} from '@espalier/admin-kit'
import { FileX2 } from 'lucide-react'
import { messages } from '../messages.ts'
import { editorPage, pagesPage } from '../pages.ts'
import { EditorDocument } from './documents.ts'
import { PageEditor } from './PageEditor.tsx'

/** The visual editor of a page. */
export default function EditorPage() {
  const m = useMessages(messages)
  const { params } = usePage(editorPage)
  const query = useQuery(EditorDocument, { id: globalId('Page', params.id) })
  return (
    <Answer
      of={query}
      skeleton={
        <PageFrame title={m.editor.title} wide>
          <Skeleton height="70vh" />
        </PageFrame>
      }
    >
      {({ node, pageBlocks, pageStyles }) => {
        if (node?.__typename !== 'Page')
          return (
            <PageFrame title={m.page.gone}>
              <EmptyState icon={FileX2} title={m.page.gone} action={<Link to={pagesPage}>{m.list.title}</Link>}>
                {m.page.goneHint}
              </EmptyState>
            </PageFrame>
          )
        if (node.variants.length === 0)
          return (
            <PageFrame title={node.title}>
              <Note tone="warning">{m.editor.noVariants}</Note>
            </PageFrame>
          )
        return <PageEditor key={node.id} page={node} blocks={pageBlocks} styles={pageStyles} />
      }}
    </Answer>
  )
}
