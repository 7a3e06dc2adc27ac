import { Answer, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import { PageMilestonesDocument } from './documents.ts'
import { messages } from './messages.ts'

/** How far a page is: a part of its own page, which landing-pages draws. */
export default function PagePanel({ id }: { id: string }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const answer = useQuery(PageMilestonesDocument, { id })
  return (
    <Answer of={answer}>
      {({ node }) =>
        node && 'milestones' in node && <p>{m.progress(number(node.milestones.goals), number(node.milestones.next))}</p>
      }
    </Answer>
  )
}
