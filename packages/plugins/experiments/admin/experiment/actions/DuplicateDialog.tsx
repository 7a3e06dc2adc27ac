import { Button, Dialog, mutate, Note, Stack, TextField, useMessages } from '@espalier/admin-kit'
import { useState } from 'react'
import { slugOf } from '../../slug.ts'
import { DuplicateExperimentDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { DeedDialog } from './useDeeds.tsx'

/** Makes a draft like it, under a key of its own. @param onMade takes the id of the new one */
export function DuplicateDialog({
  experiment: { id, name: original },
  busy,
  perform,
  onClose,
  onMade,
}: DeedDialog & { onMade: (id: string) => void }) {
  const m = useMessages(messages)
  const [name, setName] = useState(m.copyOf(original))
  const [ownKey, setOwnKey] = useState<string>()
  const key = ownKey ?? slugOf(name)
  const [message, setMessage] = useState<string>()
  const make = async () => {
    let made: string | undefined
    const problem = await perform(async () => {
      const outcome = await mutate(DuplicateExperimentDocument, { id, key, name })
      made = outcome.data?.id
      return outcome
    }, m.duplicated(name))
    setMessage(problem && (problem.issues[0]?.message ?? problem.message))
    if (made) onMade(made)
  }
  return (
    <Dialog
      open
      stays
      onClose={onClose}
      title={m.duplicateTitle(original)}
      actions={
        <>
          <Button onPress={onClose}>{m.cancel}</Button>
          <Button variant="primary" busy={busy} disabled={name.trim() === '' || key === ''} onPress={make}>
            {m.duplicate}
          </Button>
        </>
      }
    >
      <Stack>
        <p>{m.duplicateLead}</p>
        <TextField label={m.name} value={name} onChange={setName} required />
        <TextField label={m.key} hint={m.keyHint} value={key} onChange={setOwnKey} code required />
        {message && (
          <Note tone="critical" announced>
            {message}
          </Note>
        )}
      </Stack>
    </Dialog>
  )
}
