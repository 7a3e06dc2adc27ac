import {
  Form,
  FormActions,
  invalidate,
  Note,
  toast,
  useForm,
  useMessages,
  useMutation,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { SavePluginSettingsDocument, type SettingValues, type StoredSettings } from './documents.ts'
import { messages } from './messages.ts'
import { SettingField } from './SettingField.tsx'
import { titleOf } from './schema.ts'

/** All settings of a plugin. What changed is sent; of two people who save at once the second chooses what holds. */
export function SettingsForm({ plugin, settings }: { plugin: string; settings: StoredSettings }) {
  const m = useMessages(messages)
  const { may } = useViewer()
  const { schema, permission } = settings
  const mayWrite = may('settings:write') && may(permission)
  const [save] = useMutation(SavePluginSettingsDocument, { invalidates: ['plugins'] })
  const form = useForm<SettingValues>({ values: settings.values })
  const fields = Object.entries(schema.properties)
  const edit = useSharedEdit<SettingValues, unknown>({
    stored: settings.values,
    version: settings.version,
    isDirty: form.formState.isDirty,
    fields: fields.map(([name, field]) => ({ name, label: titleOf(name, field) })),
    save: (values, expectedVersion, base) => save({ plugin, value: changedOf(base, values), expectedVersion }),
    show: form.reset,
    saved: () => toast(m.saved, { tone: 'positive' }),
    again: () => invalidate('plugins'),
  })
  return (
    <>
      {!mayWrite && <Note>{may('settings:write') && permission ? m.needs(permission) : m.readOnly}</Note>}
      <Form form={form} label={m.settings} {...edit.form}>
        {fields.map(([name, field]) => (
          <SettingField key={name} {...form.field(name)} schema={field} readOnly={!mayWrite} />
        ))}
        {mayWrite && <FormActions />}
      </Form>
      {edit.conflict}
    </>
  )
}

/** Only what was changed here: what others change meanwhile stays theirs. */
function changedOf(before: SettingValues, after: SettingValues): SettingValues {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  )
}
