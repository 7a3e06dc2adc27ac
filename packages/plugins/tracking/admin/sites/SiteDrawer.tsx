import {
  Button,
  ButtonLink,
  CopyField,
  Drawer,
  Form,
  FormActions,
  invalidate,
  plainId,
  Row,
  Stack,
  TextField,
  toast,
  useConfirm,
  useForm,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { Activity, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { trafficPage } from '../pages.ts'
import { DeleteSiteDocument, RenameSiteDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { Site } from './Sites.tsx'

/** One site: its script to take along, its name, and the ways from here. */
export function SiteDrawer({
  site,
  mayWrite,
  onRenamed,
  onClose,
}: {
  site: Site | undefined
  mayWrite: boolean
  onRenamed: (site: Site) => void
  onClose: () => void
}) {
  // What was open stays while it leaves.
  const [last, setLast] = useState(site)
  if (site && site !== last) setLast(site)
  const shown = site ?? last
  return (
    <Drawer open={site !== undefined} onClose={onClose} title={shown?.name ?? ''}>
      {shown && <SiteDetails key={shown.id} site={shown} mayWrite={mayWrite} onRenamed={onRenamed} onClose={onClose} />}
    </Drawer>
  )
}

function SiteDetails({
  site,
  mayWrite,
  onRenamed,
  onClose,
}: {
  site: Site
  mayWrite: boolean
  onRenamed: (site: Site) => void
  onClose: () => void
}) {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const [rename] = useMutation(RenameSiteDocument)
  const [remove, { busy }] = useMutation(DeleteSiteDocument)
  const form = useForm({
    start: { name: site.name },
    check: ({ name }) => ({ name: name.trim() === '' ? m.nameMissing : name.length > 100 && m.nameLong }),
  })
  const onRemove = async () => {
    if (!(await confirm({ title: m.removeTitle(site.name), text: m.removeText, confirm: m.remove, danger: true })))
      return
    const { problem } = await remove({ id: site.id })
    if (problem) {
      toast(problem.message, { tone: 'critical' })
      return
    }
    invalidate('trackingSites')
    toast(m.removed(site.name))
    onClose()
  }
  return (
    <Stack gap={6}>
      <div>
        <CopyField label={m.script} value={site.script} />
        <p className="e-muted e-small">{m.scriptHint}</p>
      </div>
      <CopyField label={m.key} value={site.key} />
      {mayWrite && (
        <Form
          form={form}
          guarded={false}
          label={m.name}
          submit={({ name }) => rename({ input: { id: site.id, name } })}
          done={({ name }) => onRenamed({ ...site, name })}
        >
          <TextField label={m.name} hint={m.nameHint} {...form.field('name')} />
          <FormActions submit={m.rename} />
        </Form>
      )}
      <Row>
        <ButtonLink to={trafficPage} search={{ site: plainId(site.id) }} icon={Activity}>
          {m.traffic}
        </ButtonLink>
        {mayWrite && (
          <Button variant="danger" icon={Trash2} busy={busy} onPress={() => void onRemove()}>
            {m.remove}
          </Button>
        )}
      </Row>
    </Stack>
  )
}
