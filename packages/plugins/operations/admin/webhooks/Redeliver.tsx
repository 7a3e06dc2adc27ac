import {
  Button,
  Dialog,
  ProgressBar,
  Select,
  Stack,
  toast,
  useFormat,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { RedeliverDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { EndpointShown } from './Webhook.tsx'

const spans = ['1', '6', '24', '72', '168', '720'] as const

/** Posts again what has failed in the last hours or days, and shows how far that has come. */
export function Redeliver({ endpoint, mayWrite }: { endpoint: EndpointShown; mayWrite: boolean }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const [open, setOpen] = useState(false)
  const [hours, setHours] = useState<(typeof spans)[number]>('24')
  const [redeliver, { busy }] = useMutation(RedeliverDocument)
  const { redelivery, id, active } = endpoint
  const again = async () => {
    const since = new Date(Date.now() - Number(hours) * 3_600_000).toISOString()
    const { problem } = await redeliver({ id, since })
    if (problem) toast(problem.message, { tone: 'critical' })
    else setOpen(false)
  }
  return (
    <Stack gap={3}>
      {redelivery && redelivery.waiting > 0 && (
        <ProgressBar
          label={m.redelivering}
          value={redelivery.total - redelivery.waiting}
          max={redelivery.total}
          valueLabel={m.ofAll(number(redelivery.total - redelivery.waiting), number(redelivery.total))}
        />
      )}
      {mayWrite && active && (
        <div>
          <Button icon={RotateCw} onPress={() => setOpen(true)}>
            {m.redeliver}
          </Button>
        </div>
      )}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={m.redeliver}
        size="small"
        actions={
          <Button variant="primary" busy={busy} onPress={() => void again()}>
            {m.retry}
          </Button>
        }
      >
        <Stack gap={3}>
          <p>{m.redeliverWhy}</p>
          <Select
            label={m.failedSince}
            options={spans.map((span) => ({ id: span, label: m.spans[span] }))}
            value={hours}
            onChange={setHours}
          />
        </Stack>
      </Dialog>
    </Stack>
  )
}
