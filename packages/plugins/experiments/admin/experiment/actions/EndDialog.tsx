import { Button, Dialog, mutate, Note, RadioGroup, Stack, TextArea, useMessages } from '@espalier/admin-kit'
import { useState } from 'react'
import { applyVerdict } from './applyVerdict.ts'
import { CompleteExperimentDocument, ForceWinnerDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { DeedDialog } from './useDeeds.tsx'

/** Ends it: without a winner, with the one that the results name, or with another, for a reason that is recorded. */
export function EndDialog({
  experiment: { id, name, variants, verdict },
  nameOf,
  busy,
  perform,
  onClose,
}: DeedDialog & { nameOf: (key: string | null) => string }) {
  const m = useMessages(messages)
  const said = verdict?.state === 'WINNER' || verdict?.state === 'LOSER' ? (verdict.variant ?? null) : null
  const [chosen, setChosen] = useState(said ?? nobody)
  const [why, setWhy] = useState('')
  const [message, setMessage] = useState<string>()
  const isForced = chosen !== nobody && chosen !== said

  const end = async () => {
    const problem = await perform(
      () =>
        chosen === nobody
          ? mutate(CompleteExperimentDocument, { id })
          : isForced
            ? mutate(ForceWinnerDocument, { id, variant: chosen, why })
            : applyVerdict({ id, verdict }),
      chosen === nobody ? m.ended : m.applied(nameOf(chosen)),
    )
    setMessage(problem && (problem.issues[0]?.message ?? problem.message))
  }
  return (
    <Dialog
      open
      stays
      onClose={onClose}
      title={m.endTitle(name)}
      actions={
        <>
          <Button onPress={onClose}>{m.cancel}</Button>
          <Button variant="primary" busy={busy} disabled={isForced && why.trim() === ''} onPress={end}>
            {m.end}
          </Button>
        </>
      }
    >
      <Stack>
        <RadioGroup
          label={m.endChoose}
          value={chosen}
          onChange={setChosen}
          options={[
            ...variants
              .filter(({ retiredAt }) => !retiredAt)
              .map(({ key, name }) => ({ id: key, label: name, detail: key === said ? m.endVerdict : undefined })),
            { id: nobody, label: m.endNobody, detail: m.endNobodyDetail },
          ]}
        />
        {isForced && (
          <>
            <Note tone="warning">{m.endForced}</Note>
            <TextArea label={m.why} hint={m.whyHint} required rows={2} maxLength={500} value={why} onChange={setWhy} />
          </>
        )}
        {message && (
          <Note tone="critical" announced>
            {message}
          </Note>
        )}
      </Stack>
    </Dialog>
  )
}

/** No key of a variant has a space. */
const nobody = 'no winner'
