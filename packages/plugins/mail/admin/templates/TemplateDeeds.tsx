import {
  Button,
  MenuButton,
  plainId,
  Row,
  target,
  toast,
  useConfirm,
  useGoToTarget,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { Send, Undo2 } from 'lucide-react'
import { messagePage } from '../pages.ts'
import { DeleteTemplateDocument, SendTestDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { OwnTemplate } from './Template.tsx'

/** A test to oneself, and the way back to what the plugin says. */
export function TemplateDeeds({
  name,
  language,
  own,
  isPlugins,
}: {
  name: string
  language: 'en' | 'fr'
  own: OwnTemplate | undefined
  isPlugins: boolean
}) {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const goTo = useGoToTarget()
  const [send, { busy }] = useMutation(SendTestDocument)
  const [remove] = useMutation(DeleteTemplateDocument, { invalidates: ['mailTemplates'] })
  const test = async () => {
    const { data, problem } = await send({ template: name, language: language === 'en' ? 'EN' : 'FR' })
    if (problem) toast(problem.issues[0]?.message ?? problem.message, { tone: 'critical' })
    else if (data) {
      const to = target(messagePage, { params: { id: plainId(data.id) } })
      toast(m.tested, { tone: 'positive', action: { label: m.look, run: () => goTo(to) } })
    }
  }
  const revert = async () => {
    if (!own) return
    const label = isPlugins ? m.revert : m.delete
    if (!(await confirm({ title: m.revertTitle, text: m.revertWhy, confirm: label, danger: true }))) return
    const { problem } = await remove({ id: own.id })
    toast(problem?.message ?? m.reverted, problem ? { tone: 'critical' } : {})
  }
  return (
    <Row>
      {(own || isPlugins) && (
        <Button icon={Send} busy={busy} onPress={() => void test()}>
          {m.test}
        </Button>
      )}
      {own && (
        <MenuButton
          entries={[
            {
              id: 'revert',
              label: isPlugins ? m.revert : m.delete,
              icon: Undo2,
              danger: true,
              run: () => void revert(),
            },
          ]}
        />
      )}
    </Row>
  )
}
