import {
  Answer,
  Dialog,
  Form,
  FormActions,
  invalidate,
  Note,
  toast,
  useForm,
  useMessages,
  useMutation,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import {
  SavePluginSettingsDocument,
  SettingsDocument,
  type SettingValues,
  type StoredSettings,
  settingsOf,
} from '../plugins/documents.ts'
import { SettingField } from '../plugins/SettingField.tsx'
import { titleOf } from '../plugins/schema.ts'
import type { Limit } from './limitWords.ts'
import { messages } from './messages.ts'

/** Changes a limit that the workspace sets itself: the one field of its plugin's settings. */
export function ChangeLimit({ limit, onClose }: { limit: Limit; onClose: () => void }) {
  const m = useMessages(messages)
  const query = useQuery(SettingsDocument, {})
  return (
    <Dialog open onClose={onClose} title={limit.title} size="small" stays>
      <p>{limit.about}</p>
      <Answer of={query} height="9rem">
        {(data) => {
          const settings = settingsOf(data, limit.plugin)
          const name = limit.originName ?? ''
          return settings?.schema.properties[name] ? (
            <OneSetting plugin={limit.plugin} name={name} settings={settings} onClose={onClose} />
          ) : (
            <Note tone="warning">{m.gone}</Note>
          )
        }}
      </Answer>
    </Dialog>
  )
}

interface OneSettingProps {
  plugin: string
  name: string
  settings: StoredSettings
  onClose: () => void
}

function OneSetting({ plugin, name, settings, onClose }: OneSettingProps) {
  const m = useMessages(messages)
  const { may } = useViewer()
  const { permission, version, schema } = settings
  const field = schema.properties[name] ?? {}
  const mayWrite = may(permission)
  const values = { [name]: settings.values[name] }
  const form = useForm<SettingValues>({ values })
  const [save] = useMutation(SavePluginSettingsDocument, { invalidates: ['plugins', 'limits'] })
  const edit = useSharedEdit<SettingValues, unknown>({
    stored: values,
    version,
    isDirty: form.formState.isDirty,
    fields: [{ name, label: titleOf(name, field) }],
    save: (value, expectedVersion) => save({ plugin, value, expectedVersion }),
    show: form.reset,
    saved: () => {
      toast(m.saved, { tone: 'positive' })
      onClose()
    },
    again: () => invalidate('plugins'),
  })
  return (
    <>
      {!mayWrite && permission && <Note>{m.needs(permission)}</Note>}
      <Form form={form} label={titleOf(name, field)} guarded={false} {...edit.form}>
        <SettingField {...form.field(name)} schema={field} readOnly={!mayWrite} />
        {mayWrite && <FormActions onCancel={onClose} />}
      </Form>
      {edit.conflict}
    </>
  )
}
