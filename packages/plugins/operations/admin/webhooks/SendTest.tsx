import {
  Button,
  ComboBox,
  Dialog,
  invalidate,
  JsonView,
  Stack,
  toast,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { EventTypesDocument, TestEndpointDocument } from './documents.ts'
import { messages } from './messages.ts'

/** Posts the example of a type, which is shown before. */
export function SendTest({ endpoint }: { endpoint: string }) {
  const m = useMessages(messages)
  const [open, setOpen] = useState(false)
  const [type, setType] = useState<string | null>('test')
  const types = useQuery(EventTypesDocument, {}, { pause: !open })
  const [test, { busy }] = useMutation(TestEndpointDocument)
  const known = types.data?.webhookEventTypes ?? []
  const example = known.find((given) => given.type === type)?.example
  const send = async () => {
    const { problem } = await test({ id: endpoint, eventType: type })
    toast(problem?.message ?? m.testSent, { tone: problem ? 'critical' : 'positive' })
    // Also where it failed: the endpoint may be gone.
    invalidate('node')
    if (!problem) setOpen(false)
  }
  return (
    <>
      <Button icon={Send} onPress={() => setOpen(true)}>
        {m.sendTest}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={m.sendTest}
        size="large"
        actions={
          <Button variant="primary" icon={Send} busy={busy} disabled={type === null} onPress={() => void send()}>
            {m.send}
          </Button>
        }
      >
        <Stack gap={4}>
          <p>{m.testWhy}</p>
          <ComboBox
            label={m.eventType}
            options={[
              { id: 'test', label: 'test', detail: m.testOnly },
              ...known.map(({ type: id, description: detail }) => ({ id, label: id, detail })),
            ]}
            value={type}
            onChange={setType}
          />
          {example !== undefined && (
            <JsonView label={m.example} value={{ type, test: true, data: example }} height="16rem" />
          )}
        </Stack>
      </Dialog>
    </>
  )
}
