import {
  Answer,
  ComboBox,
  Form,
  FormActions,
  invalidate,
  toast,
  useForm,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { timeZoneOptions } from '../../setup/timeZoneOptions.ts'
import { changesOf } from '../live.ts'
import { SavePluginSettingsDocument, SettingsDocument, settingsOf } from '../plugins/documents.ts'
import { messages } from './messages.ts'

const plugin = 'tracking'

/** Where the days of the workspace begin: kept by the plugin that counts visitors. */
export function TimeZone() {
  const query = useQuery(SettingsDocument, {}, { live: changesOf('PluginSetting') })
  return (
    <Answer of={query} height="8rem">
      {(data) => {
        const settings = settingsOf(data, plugin)
        return <TimeZoneForm timeZone={String(settings?.values.timeZone ?? 'UTC')} version={settings?.version ?? 0} />
      }}
    </Answer>
  )
}

function TimeZoneForm({ timeZone, version }: { timeZone: string; version: number }) {
  const m = useMessages(messages)
  const { locale } = useFormat()
  const { may } = useViewer()
  const mayWrite = may('settings:write')
  const [save] = useMutation(SavePluginSettingsDocument, { invalidates: ['plugins'] })
  const form = useForm<{ timeZone: string | null }>({ values: { timeZone } })
  const chosen = form.watch('timeZone')
  const edit = useSharedEdit<{ timeZone: string | null }, unknown>({
    stored: { timeZone },
    version,
    isDirty: form.formState.isDirty,
    fields: [{ name: 'timeZone', label: m.timeZone }],
    save: (value, expectedVersion) => save({ plugin, value, expectedVersion }),
    show: form.reset,
    saved: () => toast(m.timeSaved, { tone: 'positive' }),
    again: () => invalidate('plugins'),
  })
  return (
    <Form form={form} label={m.time} {...edit.form}>
      <ComboBox
        {...form.field('timeZone')}
        label={m.timeZone}
        labelHidden
        hint={chosen ? m.now(timeIn(chosen, locale)) : undefined}
        options={timeZoneOptions()}
        disabled={!mayWrite}
      />
      {mayWrite && <FormActions />}
      {edit.conflict}
    </Form>
  )
}

function timeIn(timeZone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(new Date())
}
