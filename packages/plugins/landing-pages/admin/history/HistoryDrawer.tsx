import {
  Answer,
  Badge,
  Button,
  Drawer,
  EmptyState,
  Skeleton,
  TimeAgo,
  toast,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { History, RotateCcw, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { contentOf, type PageContent } from '../canvas/content.ts'
import { StillPage } from '../canvas/StillPage.tsx'
import type { BlockKind } from '../editor/kinds.ts'
import type { EditedPage, EditedVariant } from '../editor/PageEditor.tsx'
import type { PageHistoryQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { messages } from '../messages.ts'
import { changeWords } from './changeWords.ts'
import { marksBetween } from './marksBetween.ts'

const HistoryDocument = graphql(`
  query PageHistory($id: ID!, $after: String) {
    node(id: $id) {
      ... on PageVariant {
        id
        status
        revisions(first: 30, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes {
            id
            number
            content
            changes { kind blockId blockType }
            authorType
            authorName
            restoredFrom
            createdAt
            publishedAt
            published
          }
        }
      }
    }
  }
`)

const RollBack = graphql(`
  mutation RollBackPageVariant($revisionId: ID!) {
    rollBackPageVariant(revisionId: $revisionId) {
      ... on RollBackPageVariantSuccess { data { id hasUnpublishedChanges published } }
      ... on Error { code message }
    }
  }
`)

type VariantHistory = Extract<NonNullable<PageHistoryQuery['node']>, { __typename: 'PageVariant' }>
type Revision = VariantHistory['revisions']['nodes'][number]

/** What a variant was at each time, beside what it is now. */
export function HistoryDrawer({
  open,
  onClose,
  ...rest
}: {
  open: boolean
  onClose: () => void
  page: EditedPage
  variant: EditedVariant
  content: PageContent
  kinds: ReadonlyMap<string, BlockKind>
  styles: string
  /** Puts an earlier content before the editors; nothing is lost, for it becomes the newest. */
  onRestore: (content: PageContent) => void
}) {
  const { history: m } = useMessages(messages)
  return (
    <Drawer open={open} onClose={onClose} title={m.title} size="large">
      {open && <Revisions {...rest} onClose={onClose} />}
    </Drawer>
  )
}

function Revisions({
  page,
  variant,
  content,
  kinds,
  styles,
  onRestore,
  onClose,
}: Omit<Parameters<typeof HistoryDrawer>[0], 'open'>) {
  const { history: m, changes: words } = useMessages(messages)
  const query = useQuery(HistoryDocument, { id: variant.id })
  const [chosen, setChosen] = useState<string>()
  const labelOf = (type: string) => kinds.get(type)?.label ?? type
  return (
    <Answer of={query} skeleton={<Skeleton height="24rem" />}>
      {({ node }) => {
        const revisions = node?.__typename === 'PageVariant' ? node.revisions.nodes : []
        if (revisions.length === 0) return <EmptyState icon={History} title={m.empty} />
        const revision = revisions.find(({ id }) => id === chosen) ?? revisions[1] ?? revisions[0]
        return (
          <div className="ed-history">
            <ol>
              {revisions.map((one) => (
                <li key={one.id}>
                  <button
                    type="button"
                    aria-current={one.id === revision?.id || undefined}
                    onClick={() => setChosen(one.id)}
                  >
                    <span className="ed-history-head">
                      <b>{m.number(one.number)}</b>
                      {one.published && <Badge tone="positive">{m.live}</Badge>}
                      {!one.published && one.publishedAt && <Badge>{m.wasLive}</Badge>}
                    </span>
                    <span>
                      {one.authorType === 'SYSTEM' ? m.system : one.authorName}, <TimeAgo at={one.createdAt} />
                    </span>
                    <small>
                      {one.restoredFrom
                        ? m.restoredFrom(one.restoredFrom)
                        : changeWords(one.changes, labelOf, words).join(', ') || m.first}
                    </small>
                  </button>
                </li>
              ))}
            </ol>
            {revision && (
              <Comparison
                key={revision.id}
                revision={revision}
                page={page}
                variant={variant}
                content={content}
                labelOf={labelOf}
                styles={styles}
                onRestore={(restored) => {
                  onRestore(restored)
                  toast(m.restored(revision.number), { undo: () => onRestore(content) })
                  onClose()
                }}
              />
            )}
          </div>
        )
      }}
    </Answer>
  )
}

function Comparison({
  revision,
  page,
  variant,
  content,
  labelOf,
  styles,
  onRestore,
}: {
  revision: Revision
  page: EditedPage
  variant: EditedVariant
  content: PageContent
  labelOf: (type: string) => string
  styles: string
  onRestore: (content: PageContent) => void
}) {
  const { history: m } = useMessages(messages)
  const { dateTime } = useFormat()
  const [rollBack, { busy }] = useMutation(RollBack)
  const then = contentOf(revision.content)
  const marks = marksBetween(then, content)
  const shared = { language: page.language, styles, labelOf, height: 560 }
  const canRollBack =
    revision.publishedAt !== null && !revision.published && page.status === 'ACTIVE' && variant.status === 'ACTIVE'
  return (
    <div className="ed-compare">
      <div className="ed-compare-deeds">
        <Button icon={RotateCcw} onPress={() => onRestore(then)}>
          {m.restore}
        </Button>
        {canRollBack && (
          <Button
            icon={Undo2}
            busy={busy}
            onPress={async () => {
              const { problem } = await rollBack({ revisionId: revision.id })
              if (problem) toast(problem.message, { tone: 'critical' })
              else toast(m.rolledBack(revision.number))
            }}
          >
            {m.rollBack}
          </Button>
        )}
      </div>
      <p className="ed-quiet">{m.legend}</p>
      <figure>
        <figcaption>{m.before(revision.number, dateTime(revision.createdAt))}</figcaption>
        <StillPage
          {...shared}
          title={m.before(revision.number, dateTime(revision.createdAt))}
          content={then}
          marks={marks.before}
        />
      </figure>
      <figure>
        <figcaption>{m.now}</figcaption>
        <StillPage {...shared} title={m.now} content={content} marks={marks.after} />
      </figure>
    </div>
  )
}
