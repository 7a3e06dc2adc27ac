import { Answer, Link, plainId, Row, Skeleton, Stack, TimeAgo, useMessages, useQuery } from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import { executionPage, promptPage } from '../pages.ts'
import { ExecutionsDocument } from './documents.ts'
import { messages } from './messages.ts'

const first = 20

/** The uses of prompts that a call of a model answered: more than one where its answer was kept in memory. */
export default function OfCall({ id }: { id: string }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const query = useQuery(ExecutionsDocument, { first, filter: { callId: plainId(id) } })
  return (
    <Answer of={query} skeleton={<Skeleton height="2rem" />}>
      {({ promptExecutions: { nodes } }) =>
        nodes.length === 0 ? (
          <p className="e-muted">{m.ofNoCall}</p>
        ) : (
          <Stack gap={2}>
            {nodes.map(({ id, executedAt, environment, variant }) => (
              <Row key={id}>
                <Link to={executionPage} params={{ id: plainId(id) }}>
                  {m.titleOf(variant.prompt.name)}
                </Link>
                <Link
                  to={promptPage}
                  params={{ name: variant.prompt.name }}
                  search={{ language: variant.language, version: variant.version }}
                >
                  {words.version(variant.version)}
                </Link>
                <span className="e-muted">
                  {m.environments[environment]}, <TimeAgo at={executedAt} />
                </span>
              </Row>
            ))}
          </Stack>
        )
      }
    </Answer>
  )
}
