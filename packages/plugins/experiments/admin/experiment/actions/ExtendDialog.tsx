import {
  Button,
  Dialog,
  invalidate,
  mutate,
  Note,
  Stack,
  useFormat,
  useMessages,
  useSharedEdit,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { InstantField } from '../../InstantField.tsx'
import { ChangeRunningExperimentDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { DeedDialog } from './useDeeds.tsx'

/** Sets when it stops by itself. That begins no new phase. */
export function ExtendDialog({ experiment, busy, perform, onClose }: DeedDialog) {
  const { id, name, version } = experiment
  const m = useMessages(messages)
  const [stopsAt, setStopsAt] = useState(experiment.stopsAt ?? null)
  const [message, setMessage] = useState<string>()
  const { dateTime } = useFormat()
  const edit = useSharedEdit<{ stopsAt: string | null }, unknown>({
    stored: { stopsAt: experiment.stopsAt ?? null },
    version,
    isDirty: stopsAt !== (experiment.stopsAt ?? null),
    fields: [{ name: 'stopsAt', label: m.stopsAt, show: (at) => (at === null ? m.neverStops : dateTime(at)) }],
    save: async (input, expectedVersion) => ({
      problem: await perform(() => mutate(ChangeRunningExperimentDocument, { id, input, expectedVersion }), m.extended),
    }),
    show: (values) => setStopsAt(values.stopsAt),
    again: () => invalidate('node'),
  })
  const save = async () => {
    const values = { stopsAt }
    const { problem } = await edit.form.submit(values)
    if (problem?.saved) edit.form.onConflict(problem, values)
    else setMessage(problem && (problem.issues[0]?.message ?? problem.message))
  }
  return (
    <Dialog
      open
      stays
      size="small"
      onClose={onClose}
      title={m.extendTitle(name)}
      actions={
        <>
          <Button onPress={onClose}>{m.cancel}</Button>
          <Button variant="primary" busy={busy} onPress={save}>
            {m.save}
          </Button>
        </>
      }
    >
      <Stack>
        <InstantField label={m.stopsAt} hint={m.extendHint} value={stopsAt} onChange={setStopsAt} />
        {message && (
          <Note tone="critical" announced>
            {message}
          </Note>
        )}
      </Stack>
      {edit.conflict}
    </Dialog>
  )
}
