import {
  Badge,
  globalId,
  Link,
  PageFrame,
  Row,
  Stack,
  Tabs,
  useMessages,
  usePage,
  useQuery,
  useSubscription,
} from '@espalier/admin-kit'
import { StatusBadge } from '../Badges.tsx'
import type { ExperimentQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { ObjectFrame } from '../ObjectFrame.tsx'
import { experimentPage, experimentsPage, tabs } from '../pages.ts'
import { Actions } from './actions/Actions.tsx'
import { useDeeds } from './actions/useDeeds.tsx'
import { ExperimentDocument, ExperimentUpdatedDocument } from './documents.ts'
import { Health } from './Health.tsx'
import { History } from './History.tsx'
import { messages } from './messages.ts'
import { Results } from './Results.tsx'
import { Setup } from './Setup.tsx'
import { Verdict } from './Verdict.tsx'

export type ShownExperiment = Extract<NonNullable<ExperimentQuery['node']>, { __typename: 'Experiment' }>

/** One experiment: what to do and why, its results, whether they can be believed, how it is made, what happened. */
export default function Experiment() {
  const { params } = usePage(experimentPage)
  const id = globalId('Experiment', params.id)
  const query = useQuery(ExperimentDocument, { id })
  // The same fields, so the cache brings them into the answer: a draft moves too, when somebody saves it.
  const { connected } = useSubscription(ExperimentUpdatedDocument, { id })
  const m = useMessages(messages)
  const words = useMessages(shared)
  return (
    <ObjectFrame of={query} title={words.experiments} trail={<Trail />} height="32rem" gone={m.gone}>
      {({ node }) =>
        node?.__typename === 'Experiment' ? <Shown experiment={node} connected={connected} /> : undefined
      }
    </ObjectFrame>
  )
}

function Shown({ experiment, connected }: { experiment: ShownExperiment; connected: boolean }) {
  const { search, setSearch } = usePage(experimentPage)
  const m = useMessages(messages)
  const words = useMessages(shared)
  const deeds = useDeeds(experiment)
  const isDraft = experiment.phase === 0
  // Of a draft there are no results yet: its design is what one comes for.
  const shown = tabs.filter((tab) => !isDraft || tab === 'setup' || tab === 'history')
  const tab = shown.includes(search.tab) ? search.tab : 'setup'
  return (
    <PageFrame
      title={experiment.name}
      breadcrumbs={<Trail />}
      badge={
        <Row>
          <StatusBadge status={experiment.status} />
          {experiment.kind !== 'TEST' && <Badge>{words.kind[experiment.kind]}</Badge>}
          {experiment.status === 'RUNNING' && (
            <span className="x-live" role="status" data-connected={connected || undefined}>
              {connected ? m.live : m.reconnecting}
            </span>
          )}
        </Row>
      }
      {...(experiment.hypothesis ? { lead: experiment.hypothesis } : {})}
      actions={<Actions experiment={experiment} deeds={deeds} />}
    >
      <Stack gap={5}>
        <Verdict experiment={experiment} deeds={deeds} />
        <Tabs
          label={experiment.name}
          value={tab}
          onChange={(next) => setSearch({ tab: next })}
          tabs={shown.map((id) => ({
            id,
            label: m.tabs[id],
            content:
              id === 'results' ? (
                <Results experiment={experiment} />
              ) : id === 'health' ? (
                <Health id={experiment.id} />
              ) : id === 'setup' ? (
                <Setup experiment={experiment} />
              ) : (
                <History experiment={experiment} />
              ),
          }))}
        />
      </Stack>
      {deeds.dialogs}
    </PageFrame>
  )
}

function Trail() {
  const words = useMessages(shared)
  return <Link to={experimentsPage}>{words.experiments}</Link>
}
