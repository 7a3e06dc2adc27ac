import {
  ask,
  Form,
  FormActions,
  Note,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { UpdateWorkspaceDocument, WorkspaceSettingsDocument } from './documents.ts'
import { messages } from './messages.ts'

interface Stored {
  readonly name: string
  readonly slug: string
  readonly version: number
}

type Names = { name: string; slug: string }

/** The name of the workspace, for people and for addresses. */
export function NameForm({ workspace }: { workspace: Stored }) {
  const m = useMessages(messages)
  const { may, again } = useViewer()
  const mayWrite = may('workspace:write')
  const [save] = useMutation(UpdateWorkspaceDocument)
  const form = useForm<Names>({ values: namesOf(workspace) })
  const edit = useSharedEdit({
    stored: namesOf(workspace),
    version: workspace.version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'name', label: m.name },
      { name: 'slug', label: m.slug },
    ],
    save: (input, expectedVersion) => save({ input, expectedVersion }),
    show: form.reset,
    saved: () => {
      toast(m.saved, { tone: 'positive' })
      // The name stands in the frame, too.
      again()
    },
    again: () => void ask(WorkspaceSettingsDocument, {}).catch(() => undefined),
  })
  const slug = form.watch('slug')
  return (
    <>
      <Form form={form} label={m.naming} {...edit.form}>
        <TextField {...form.field('name')} label={m.name} maxLength={100} readOnly={!mayWrite} required />
        <TextField
          {...form.field('slug')}
          label={m.slug}
          hint={m.slugHint(`${location.origin}/p/${slug}/…`)}
          maxLength={60}
          readOnly={!mayWrite}
          required
          code
        />
        {slug !== workspace.slug && <Note tone="warning">{m.slugWarning}</Note>}
        {mayWrite ? <FormActions /> : <p className="e-muted">{m.readOnly}</p>}
      </Form>
      {edit.conflict}
    </>
  )
}

function namesOf({ name, slug }: Stored): Names {
  return { name, slug }
}
