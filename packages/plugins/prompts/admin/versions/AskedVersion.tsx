import { Button, globalId, Link, Note, Row, Spinner, useMessages, usePage, useQuery } from '@espalier/admin-kit'
import { promptPage } from '../pages.ts'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { deriveMessages } from './deriveMessages.ts'
import { DerivationChangesDocument, DerivationDocument } from './documents.ts'

/** What became of the version that a model was asked for: its id stands in the address. */
export function AskedVersion({ prompt, asked }: { prompt: FoundPrompt; asked: string }) {
  const m = useMessages(deriveMessages)
  const { setSearch } = usePage(promptPage)
  const id = globalId('PromptVariant', asked)
  const { data, error } = useQuery(
    DerivationDocument,
    { id },
    { live: { document: DerivationChangesDocument, again: true } },
  )
  const close = (
    <Button size="small" variant="quiet" onPress={() => setSearch({ asked: undefined })}>
      {m.close}
    </Button>
  )
  const state = data?.promptDerivation?.state
  if (error || state === 'FAILED' || state === 'REFUSED')
    return (
      <Note tone="warning" title={state === 'REFUSED' ? m.refused : m.failed} actions={close} announced>
        {error?.message ?? data?.promptDerivation?.refusal}
      </Note>
    )
  const made = prompt.variants.nodes.find((variant) => variant.id === id)
  if (state === 'MADE' && made)
    return (
      <Note tone="positive" title={m.made(made.version)} actions={close} announced>
        <Link
          to={promptPage}
          params={{ name: prompt.name }}
          search={{ language: made.language, version: made.version }}
        >
          {m.look}
        </Link>
      </Note>
    )
  return (
    <Note tone="info" title={m.waiting} actions={close} announced>
      <Row>
        <Spinner /> {m.waitingHint}
      </Row>
    </Note>
  )
}
