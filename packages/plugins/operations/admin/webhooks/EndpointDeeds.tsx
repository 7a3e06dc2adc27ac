import {
  Button,
  CopyField,
  Dialog,
  MenuButton,
  Row,
  toast,
  useConfirm,
  useGoTo,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { KeyRound, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { webhooksPage } from '../pages.ts'
import { DeleteEndpointDocument, RotateSecretDocument } from './documents.ts'
import { messages } from './messages.ts'
import { SendTest } from './SendTest.tsx'
import type { EndpointShown } from './Webhook.tsx'

/** A test, another secret, and the end of an endpoint. */
export function EndpointDeeds({ endpoint: { id }, again }: { endpoint: EndpointShown; again: () => void }) {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const goTo = useGoTo()
  const [secret, setSecret] = useState<string>()
  const [rotate] = useMutation(RotateSecretDocument)
  const [remove] = useMutation(DeleteEndpointDocument, { invalidates: ['webhookEndpoints'] })
  const newSecret = async () => {
    if (!(await confirm({ title: m.rotateTitle, text: m.rotateWhy, confirm: m.rotate }))) return
    const { data, problem } = await rotate({ id })
    if (problem) toast(problem.message, { tone: 'critical' })
    else if (data) setSecret(data.secret)
    again()
  }
  const end = async () => {
    if (!(await confirm({ title: m.deleteTitle, text: m.deleteWhy, confirm: m.delete, danger: true }))) return
    const { problem } = await remove({ id })
    if (problem) toast(problem.message, { tone: 'critical' })
    else {
      toast(m.deleted)
      goTo(webhooksPage)
    }
  }
  return (
    <Row>
      <SendTest endpoint={id} />
      <MenuButton
        entries={[
          { id: 'rotate', label: m.rotate, icon: KeyRound, run: () => void newSecret() },
          { id: 'delete', label: m.delete, icon: Trash2, danger: true, run: () => void end() },
        ]}
      />
      <Dialog
        open={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title={m.secretTitle}
        stays
        actions={
          <Button variant="primary" onPress={() => setSecret(undefined)}>
            {m.understood}
          </Button>
        }
      >
        <p>{m.secretWhy}</p>
        {secret && <CopyField label={m.secret} value={secret} once />}
      </Dialog>
    </Row>
  )
}
