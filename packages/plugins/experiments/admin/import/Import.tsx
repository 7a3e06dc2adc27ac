import {
  Badge,
  Button,
  ButtonLink,
  Checkbox,
  globalId,
  invalidate,
  Link,
  Note,
  PageFrame,
  ProgressBar,
  Row,
  Stack,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useSubscription,
} from '@espalier/admin-kit'
import { useEffect, useState } from 'react'
import type { ImportFieldsFragment } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { ObjectFrame } from '../ObjectFrame.tsx'
import { experimentsPage, importPage, uploadImportPage } from '../pages.ts'
import { ImportDocument, ImportUpdatedDocument, RunImportDocument } from './documents.ts'
import { ImportItems } from './ImportItems.tsx'
import { messages } from './messages.ts'

/** An import: what becomes of each thing, then making them, and what came of it. */
export default function Import() {
  const { params } = usePage(importPage)
  const id = globalId('ExperimentImport', params.id)
  const query = useQuery(ImportDocument, { id })
  useSubscription(ImportUpdatedDocument, { id })
  const m = useMessages(messages)
  const words = useMessages(shared)
  const trail = <Link to={experimentsPage}>{words.experiments}</Link>
  return (
    <ObjectFrame of={query} title={m.title} trail={trail} height="24rem" gone={m.gone}>
      {({ experimentImport }) =>
        experimentImport ? (
          <PageFrame
            title={experimentImport.fileName}
            breadcrumbs={trail}
            badge={<Badge>{m.status[experimentImport.status]}</Badge>}
            wide
          >
            <Stack gap={5}>
              <Progress of={experimentImport} />
              <ImportItems id={id} key={experimentImport.status} />
            </Stack>
          </PageFrame>
        ) : undefined
      }
    </ObjectFrame>
  )
}

/** What to do with it now. */
function Progress({ of: { id, status, counts } }: { of: ImportFieldsFragment }) {
  const m = useMessages(messages)
  const format = useFormat()
  const [start, setStart] = useState(false)
  const [run, { busy, problem }] = useMutation(RunImportDocument)
  const done = counts.made + counts.failed
  useEffect(() => {
    if (status === 'DONE') invalidate('experiments', 'experimentMetrics', 'experimentImport')
  }, [status])
  if (status === 'RUNNING') {
    const all = done + counts.planned
    const valueLabel = m.of(format.number(done), format.number(all))
    return <ProgressBar label={m.making} value={done} max={Math.max(1, all)} valueLabel={valueLabel} />
  }
  if (status === 'DONE')
    return (
      <Note
        tone={counts.failed > 0 ? 'warning' : 'positive'}
        announced
        title={m.done}
        actions={
          <Row>
            <ButtonLink to={experimentsPage}>{m.toExperiments}</ButtonLink>
            <ButtonLink to={uploadImportPage}>{m.another}</ButtonLink>
          </Row>
        }
      >
        {counted(counts, (outcome, count) => m.count(m.outcome[outcome], format.number(count)))}
      </Note>
    )
  return (
    <Stack gap={3}>
      <p>{counted(counts, (outcome, count) => m.count(m.outcome[outcome], format.number(count)))}</p>
      {counts.planned + counts.known === 0 ? (
        <Note>{m.nothing}</Note>
      ) : (
        <>
          <Checkbox value={start} onChange={setStart} hint={m.startHint}>
            {m.start}
          </Checkbox>
          <Row>
            <Button variant="primary" busy={busy} onPress={() => void run({ id, start })}>
              {m.make(format.number(counts.planned))}
            </Button>
          </Row>
        </>
      )}
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
    </Stack>
  )
}

/** "Will be made: 12 · Cannot be carried over: 1" */
function counted(
  counts: ImportFieldsFragment['counts'],
  write: (outcome: Uppercase<(typeof outcomes)[number]>, count: number) => string,
): string {
  return outcomes
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => write(outcome.toUpperCase() as Uppercase<typeof outcome>, counts[outcome]))
    .join(' · ')
}

const outcomes = ['planned', 'made', 'known', 'included', 'impossible', 'failed'] as const
