import {
  Answer,
  Button,
  Dialog,
  globalId,
  Note,
  plainId,
  RadioGroup,
  Select,
  Skeleton,
  toast,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { useEffect, useState } from 'react'
import type { BlockKind } from '../editor/kinds.ts'
import type { PublishSummaryQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { changeWords } from '../history/changeWords.ts'
import { messages } from '../messages.ts'

const SummaryDocument = graphql(`
  query PublishSummary($id: ID!) {
    node(id: $id) {
      ... on Page {
        id
        status
        url
        experiment { id name status }
        variants {
          id
          key
          status
          hasUnpublishedChanges
          unpublishedChanges { kind blockId blockType }
        }
      }
    }
    pageQuality(pageId: $id) {
      publishable
      findings { code severity message variantKey blockId }
    }
  }
`)

const Publish = graphql(`
  mutation PublishPage($id: ID!) {
    publishPage(id: $id) {
      ... on PublishPageSuccess {
        data { id status publishedAt url variants { id key status hasUnpublishedChanges published } }
      }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

const StartRollout = graphql(`
  mutation StartRollout($pageId: ID!, $input: StartRolloutInput!) {
    startRollout(pageId: $pageId, input: $input) {
      ... on StartRolloutSuccess { data { id status share variantKey } }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

type PublishedPage = Extract<NonNullable<PublishSummaryQuery['node']>, { __typename: 'Page' }>

/** What a publication changes for visitors, whether it can be done, and how fast it goes out. */
export function PublishDialog({
  open,
  onClose,
  pageId,
  flush,
  kinds,
}: {
  open: boolean
  onClose: () => void
  pageId: string
  flush: () => Promise<boolean>
  kinds: ReadonlyMap<string, BlockKind>
}) {
  const { publish: m } = useMessages(messages)
  const [ready, setReady] = useState<boolean>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever it opens
  useEffect(() => {
    setReady(undefined)
    if (open) void flush().then(setReady)
  }, [open])
  if (!open) return null
  if (ready === false)
    return (
      <Dialog open onClose={onClose} title={m.title} size="medium">
        <Note tone="critical" announced>
          {m.notSaved}
        </Note>
      </Dialog>
    )
  return ready ? <Summary pageId={pageId} onClose={onClose} kinds={kinds} /> : null
}

function Summary({
  pageId,
  onClose,
  kinds,
}: {
  pageId: string
  onClose: () => void
  kinds: ReadonlyMap<string, BlockKind>
}) {
  const { publish: m, common } = useMessages(messages)
  const query = useQuery(SummaryDocument, { id: globalId('Page', plainId(pageId)) })
  const [pace, setPace] = useState<'all' | 'GUARDRAILS' | 'SCHEDULE' | 'MANUAL'>('all')
  const [key, setKey] = useState<string>()
  const [publish, publishing] = useMutation(Publish, { invalidates: ['pages', 'pageQuality'] })
  const [rollOut, rolling] = useMutation(StartRollout, { invalidates: ['pageRollout'] })
  const page = query.data?.node?.__typename === 'Page' ? query.data.node : undefined
  const others = page?.variants.slice(1) ?? []
  const mayRollOut = page !== undefined && others.length > 0 && page.experiment?.status !== 'RUNNING'
  const chosenKey = key ?? others[0]?.key
  const problem = publishing.problem ?? rolling.problem
  const errors = query.data?.pageQuality.findings.filter(({ severity }) => severity === 'ERROR') ?? []
  const go = async () => {
    const done = await publish({ id: pageId })
    if (done.problem) return
    if (pace !== 'all' && chosenKey !== undefined && mayRollOut) {
      const rolled = await rollOut({ pageId, input: { variantKey: chosenKey, pace } })
      if (rolled.problem) return
    }
    const url = done.data?.url
    toast(m.done, url ? { action: { label: m.look, run: () => window.open(url, '_blank', 'noreferrer') } } : {})
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.title}
      size="medium"
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            variant="primary"
            busy={publishing.busy || rolling.busy}
            disabled={!page || errors.length > 0}
            onPress={() => void go()}
          >
            {m.go}
          </Button>
        </>
      }
    >
      <Answer of={query} skeleton={<Skeleton height="10rem" />}>
        {() => (
          <div className="ed-form">
            {page && <Changes page={page} kinds={kinds} />}
            {errors.map(({ message, variantKey, blockId, code }) => (
              <Note key={`${code} ${variantKey} ${blockId}`} tone="critical">
                {m.inVariant(variantKey, message)}
              </Note>
            ))}
            {mayRollOut && (
              <>
                <RadioGroup
                  label={m.pace}
                  value={pace}
                  onChange={setPace}
                  options={(['all', 'GUARDRAILS', 'SCHEDULE', 'MANUAL'] as const).map((id) => ({
                    id,
                    label: m.paces[id],
                    detail: m.paceHints[id],
                  }))}
                />
                {pace !== 'all' && (
                  <Select
                    label={m.which}
                    value={chosenKey}
                    onChange={setKey}
                    options={others.map((one) => ({ id: one.key, label: one.key }))}
                  />
                )}
              </>
            )}
            {page?.experiment?.status === 'RUNNING' && <Note>{m.experimentDecides(page.experiment.name)}</Note>}
            {problem && (
              <Note tone="critical" announced>
                {problem.message} {problem.issues.map(({ message }) => message).join(' ')}
              </Note>
            )}
          </div>
        )}
      </Answer>
    </Dialog>
  )
}

function Changes({ page, kinds }: { page: PublishedPage; kinds: ReadonlyMap<string, BlockKind> }) {
  const { publish: m, changes: words } = useMessages(messages)
  const labelOf = (type: string) => kinds.get(type)?.label ?? type
  const changed = page.variants.filter(
    ({ hasUnpublishedChanges, status }) => hasUnpublishedChanges || status === 'DRAFT',
  )
  if (changed.length === 0) return <p>{page.status === 'ACTIVE' ? m.nothing : m.comesBack}</p>
  return (
    <dl className="ed-changes">
      {changed.map(({ id, key, status, unpublishedChanges }) => (
        <div key={id}>
          <dt>{key}</dt>
          <dd>{status === 'DRAFT' ? m.isNew : changeWords(unpublishedChanges, labelOf, words).join(', ')}</dd>
        </div>
      ))}
    </dl>
  )
}
