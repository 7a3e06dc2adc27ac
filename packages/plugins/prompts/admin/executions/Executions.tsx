import { Link, PageFrame, useMessages } from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import { executionsPage, promptsPage } from '../pages.ts'
import { ExecutionList } from './ExecutionList.tsx'
import { messages } from './messages.ts'

/** Uses of all prompts. */
export default function Executions() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  return (
    <PageFrame title={m.title} lead={m.lead} wide breadcrumbs={<Link to={promptsPage}>{words.prompts}</Link>}>
      <ExecutionList id="prompts.executions" page={executionsPage} />
    </PageFrame>
  )
}
