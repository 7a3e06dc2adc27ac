import {
  Button,
  Dialog,
  invalidate,
  MenuButton,
  TextField,
  toast,
  useConfirm,
  useMessages,
  useMutation,
  usePage,
} from '@espalier/admin-kit'
import { useState } from 'react'
import type { PageContent } from '../canvas/content.ts'
import { graphql } from '../graphql/index.ts'
import { messages } from '../messages.ts'
import { editorPage } from '../pages.ts'
import type { EditedPage, EditedVariant } from './PageEditor.tsx'

const AddVariant = graphql(`
  mutation AddPageVariant($pageId: ID!, $input: PageVariantInput!) {
    addPageVariant(pageId: $pageId, input: $input) {
      ... on AddPageVariantSuccess { data { id key } }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

const RenameVariant = graphql(`
  mutation RenamePageVariant($id: ID!, $key: String!) {
    renamePageVariant(id: $id, key: $key) {
      ... on RenamePageVariantSuccess { data { id key version } }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

const ArchiveVariant = graphql(`
  mutation ArchivePageVariant($id: ID!) {
    archivePageVariant(id: $id) {
      ... on ArchivePageVariantSuccess { data { id status } }
      ... on Error { code message }
    }
  }
`)

/** The versions of a page, beside each other; one is open. */
export function VariantTabs({
  page,
  variant,
  content,
  flush,
}: {
  page: EditedPage
  variant: EditedVariant
  content: PageContent
  flush: () => Promise<boolean>
}) {
  const { variants: m } = useMessages(messages)
  const { setSearch } = usePage(editorPage)
  const confirm = useConfirm()
  const [naming, setNaming] = useState<'add' | 'rename'>()
  const [archive] = useMutation(ArchiveVariant)
  const turnTo = async (key: string) => {
    await flush()
    setSearch({ variant: key, block: undefined }, { push: true })
  }
  return (
    <nav className="ed-variants" aria-label={m.title}>
      {page.variants.map(({ id, key, hasUnpublishedChanges, status }) => (
        <button
          key={id}
          type="button"
          className="ed-variant"
          aria-current={id === variant.id ? 'page' : undefined}
          onClick={() => void turnTo(key)}
        >
          {key}
          {(hasUnpublishedChanges || status === 'DRAFT') && (
            <span className="ed-dot" role="img" aria-label={m.unpublished} title={m.unpublished} />
          )}
        </button>
      ))}
      <MenuButton
        label={m.menu(variant.key)}
        iconOnly
        size="small"
        entries={[
          { id: 'derive', label: m.derive(variant.key), run: () => setNaming('add') },
          { id: 'rename', label: m.rename, run: () => setNaming('rename') },
          {
            id: 'archive',
            label: m.archive,
            danger: true,
            disabled: page.variants.length < 2,
            run: () =>
              void (async () => {
                if (!(await confirm({ title: m.archiveTitle(variant.key), text: m.archiveText, confirm: m.archive })))
                  return
                const { problem } = await archive({ id: variant.id })
                if (problem) {
                  toast(problem.message, { tone: 'critical' })
                  return
                }
                invalidate('node')
                setSearch({ variant: undefined, block: undefined })
              })(),
          },
        ]}
      />
      {naming && (
        <NameDialog
          kind={naming}
          page={page}
          variant={variant}
          content={content}
          flush={flush}
          onClose={(key) => {
            setNaming(undefined)
            if (key !== undefined) setSearch({ variant: key, block: undefined }, { push: naming === 'add' })
          }}
        />
      )}
    </nav>
  )
}

function NameDialog({
  kind,
  page,
  variant,
  content,
  flush,
  onClose,
}: {
  kind: 'add' | 'rename'
  page: EditedPage
  variant: EditedVariant
  content: PageContent
  flush: () => Promise<boolean>
  /** With the key that is to be shown; without one, nothing was done. */
  onClose: (key?: string) => void
}) {
  const { variants: m, common } = useMessages(messages)
  const [key, setKey] = useState(kind === 'rename' ? variant.key : freeKey(page, variant.key))
  const [add, adding] = useMutation(AddVariant)
  const [rename, renaming] = useMutation(RenameVariant)
  const problem = kind === 'add' ? adding.problem : renaming.problem
  const submit = async () => {
    await flush()
    const outcome =
      kind === 'add'
        ? await add({ pageId: page.id, input: { key, content, parentVariantId: variant.id } })
        : await rename({ id: variant.id, key })
    if (outcome.problem) return
    invalidate('node')
    onClose(key)
  }
  return (
    <Dialog
      open
      size="small"
      title={kind === 'add' ? m.derive(variant.key) : m.rename}
      onClose={() => onClose()}
      actions={
        <>
          <Button onPress={() => onClose()}>{common.cancel}</Button>
          <Button variant="primary" busy={adding.busy || renaming.busy} type="submit" form="variant-name">
            {kind === 'add' ? m.add : m.rename}
          </Button>
        </>
      }
    >
      <form
        id="variant-name"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <TextField
          label={m.key}
          hint={m.keyHint}
          value={key}
          onChange={setKey}
          code
          autoFocus
          maxLength={80}
          error={problem?.issues[0]?.message ?? problem?.message}
        />
      </form>
    </Dialog>
  )
}

/** "control" → "control-2", "control-3" … */
function freeKey({ variants }: EditedPage, from: string): string {
  const stem = from.replace(/-\d+$/, '')
  const taken = new Set(variants.map(({ key }) => key))
  let number = 2
  while (taken.has(`${stem}-${number}`)) number += 1
  return `${stem}-${number}`
}
