import {
  Button,
  Decision,
  DecisionsOf,
  plainId,
  target,
  toast,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { ServerCrash } from 'lucide-react'
import { jobPage, jobsPage } from '../pages.ts'
import { decisionMessages } from './decisionMessages.ts'
import { FailedJobsDocument, JobChangesDocument, RetryJobDocument } from './documents.ts'

/** Work that failed for good: nothing happens until somebody says so. */
export default function FailedJobDecisions() {
  const m = useMessages(decisionMessages)
  const { number } = useFormat()
  const viewer = useViewer()
  // Jobs come and go all the time; one that fails for good does so after minutes.
  const failed = useQuery(FailedJobsDocument, {}, { live: { document: JobChangesDocument, again: true, every: 5_000 } })
  const [retry] = useMutation(RetryJobDocument, { invalidates: ['jobs'] })
  return (
    <DecisionsOf of={failed}>
      {({ jobs: { nodes, totalCount } }) =>
        totalCount > 3 ? (
          <Decision
            icon={ServerCrash}
            title={m.moreFailed(number(totalCount))}
            detail={nodes[0]?.error?.message}
            {...(nodes[0]?.completedAt ? { since: nodes[0].completedAt } : {})}
            to={target(jobsPage, { search: { filter: { status: ['FAILED'] } } })}
          />
        ) : (
          nodes
            .filter(({ status }) => status === 'FAILED')
            .map(({ id, type, error, completedAt }) => (
              <Decision
                key={id}
                icon={ServerCrash}
                title={m.failedDecision(type)}
                detail={error?.message}
                {...(completedAt ? { since: completedAt } : {})}
                to={target(jobPage, { params: { id: plainId(id) } })}
                actions={
                  viewer.may('jobs:write') && (
                    <Button
                      size="small"
                      onPress={async () => {
                        const { problem } = await retry({ id })
                        if (problem) toast(problem.message, { tone: 'critical' })
                      }}
                    >
                      {m.retry}
                    </Button>
                  )
                }
              />
            ))
        )
      }
    </DecisionsOf>
  )
}
