import {
  Badge,
  ButtonLink,
  EmptyState,
  List,
  orderOf,
  PageFrame,
  plainId,
  TimeAgo,
  target,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { Sprout } from 'lucide-react'
import type { ImprovingPagesQuery } from '../graphql/graphql.ts'
import { pagesPage } from '../pages.ts'
import { ImprovingPagesDocument, LoopChangesDocument } from './documents.ts'
import { glanceMessages } from './glanceMessages.ts'
import { messages } from './messages.ts'
import { improvementPage, pageImprovementPage } from './pages.ts'

type Row = ImprovingPagesQuery['pages']['nodes'][number]

/** The pages, and how each improves itself. */
export default function ImprovementList() {
  const m = useMessages(messages)
  const glance = useMessages(glanceMessages)
  const { percent, moneyMicros } = useFormat()
  const yesNo = [
    { id: 'yes', label: m.yes },
    { id: 'no', label: m.no },
  ]
  return (
    <PageFrame title={m.title} lead={m.lead} wide>
      <List
        id="landing-pages.improvement"
        label={m.title}
        page={improvementPage}
        document={ImprovingPagesDocument}
        connection={(data) => data.pages}
        variables={({ q, sort, filter }) => ({
          filter: {
            search: q?.trim() || null,
            status: ['DRAFT' as const, 'ACTIVE' as const],
            improves: isYes(filter.improves),
            loopWaits: isYes(filter.waits),
          },
          orderBy: orderOf(sort, ['TITLE', 'UPDATED_AT', 'CREATED_AT']) ?? null,
        })}
        search={m.search}
        sort="-CREATED_AT"
        columns={[
          { id: 'title', label: m.page, cell: ({ title }) => title, sort: 'TITLE', width: 220 },
          {
            id: 'mode',
            label: m.mode,
            cell: ({ loop }) => (
              <Badge tone={loop && loop.mode !== 'OFF' ? 'positive' : 'neutral'}>{m.modes[loop?.mode ?? 'OFF']}</Badge>
            ),
            width: 150,
            fixed: true,
          },
          {
            id: 'waits',
            label: m.waitsColumn,
            cell: ({ loopWaiting }) => loopWaiting > 0 && <Badge tone="warning">{glance.waits(loopWaiting)}</Badge>,
            width: 170,
            fixed: true,
          },
          { id: 'earned', label: m.earnedColumn, cell: (row) => <Lift of={row} />, width: 190, align: 'end' },
          {
            id: 'record',
            label: m.record,
            cell: ({ loop }) => loop?.record && m.bestOf(loop.record.variantKey, percent(loop.record.rate)),
            width: 160,
            hidden: true,
          },
          { id: 'next', label: m.next, cell: (row) => <NextTurn of={row} />, width: 130 },
          {
            id: 'cost',
            label: m.cost,
            cell: ({ loopCostMicros }) => (loopCostMicros > 0 ? moneyMicros(loopCostMicros) : ''),
            align: 'end',
            width: 110,
            hidden: true,
          },
          {
            id: 'problem',
            label: m.problem,
            cell: ({ loop }) => loop?.problem && <Badge tone="critical">{m.problem}</Badge>,
            width: 110,
            fixed: true,
          },
        ]}
        filters={[
          { id: 'improves', label: m.filterMode, options: yesNo, single: true },
          { id: 'waits', label: m.filterWaiting, options: yesNo, single: true },
        ]}
        rowPage={({ id }) => target(pageImprovementPage, { params: { id: plainId(id) } })}
        rowLabel={({ title }) => title}
        live={{ document: LoopChangesDocument }}
        empty={
          <EmptyState
            icon={Sprout}
            title={m.empty}
            action={
              <ButtonLink to={pagesPage} variant="primary">
                {m.toPages}
              </ButtonLink>
            }
          >
            <p>{m.emptyHow}</p>
          </EmptyState>
        }
      />
    </PageFrame>
  )
}

function Lift({ of: { loop } }: { of: Row }) {
  const { change } = useFormat()
  const { lift, liftLower, liftUpper } = loop?.earned ?? {}
  if (typeof lift !== 'number') return null
  return (
    <>
      {change(lift)}{' '}
      {typeof liftLower === 'number' && typeof liftUpper === 'number' && (
        <small className="e-muted">
          {change(liftLower, 0)} – {change(liftUpper, 0)}
        </small>
      )}
    </>
  )
}

function NextTurn({ of: { loop } }: { of: Row }) {
  const next = [loop?.nextAnalysisAt, loop?.nextGenerationAt].filter((at) => typeof at === 'string').toSorted()[0]
  return next ? <TimeAgo at={next} /> : null
}

function isYes(chosen: readonly string[] | undefined): boolean | null {
  const [choice] = chosen ?? []
  return choice === 'yes' ? true : choice === 'no' ? false : null
}
