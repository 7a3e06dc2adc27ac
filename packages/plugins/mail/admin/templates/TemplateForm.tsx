import {
  Diff,
  Form,
  FormActions,
  Section,
  Select,
  TextArea,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
  useSharedEdit,
} from '@espalier/admin-kit'
import { messages as mailMessages } from '../messages.ts'
import { SaveTemplateDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { OwnTemplate } from './Template.tsx'
import { TemplatePreview } from './TemplatePreview.tsx'

interface TemplateValues {
  subject: string
  body: string
  /** JSON. */
  sample: string
  topic: string
  kind: 'MARKETING' | 'TRANSACTIONAL'
}

/** Writes a template, beside how it is seen. */
export function TemplateForm({
  name,
  language,
  own,
  start,
  original,
  isPlugins,
  mayWrite,
  again,
}: {
  name: string
  language: 'en' | 'fr'
  own: OwnTemplate | undefined
  start: TemplateValues
  original: { subject: string; body: string } | undefined
  isPlugins: boolean
  mayWrite: boolean
  again: () => void
}) {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const form = useForm<TemplateValues>({
    values: start,
    check: ({ sample }) => ({ sample: readSample(sample) === undefined && m.sampleWrong }),
  })
  const [save] = useMutation(SaveTemplateDocument, { invalidates: ['mailTemplates'] })
  const edit = useSharedEdit<TemplateValues, { version: number } | undefined>({
    stored: start,
    version: own?.version ?? 0,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'subject', label: m.subject },
      { name: 'body', label: m.body },
      { name: 'sample', label: m.sample },
      { name: 'kind', label: m.class, show: (kind) => words.classes[kind as TemplateValues['kind']] },
      { name: 'topic', label: m.topic },
    ],
    save: (values, version) =>
      save({
        input: {
          name,
          language: language === 'en' ? 'EN' : 'FR',
          subject: values.subject,
          body: values.body,
          sample: readSample(values.sample) ?? {},
          version,
          ...(isPlugins ? {} : { class: values.kind, topic: values.topic.trim() || null }),
        },
      }),
    show: form.reset,
    saved: (data) => data && toast(m.saved(data.version), { tone: 'positive' }),
    again,
  })
  const written = form.watch()
  return (
    <div className="mail-editor">
      <Form form={form} label={name} {...edit.form}>
        <TextField
          label={m.subject}
          hint={m.subjectHint}
          required
          readOnly={!mayWrite}
          code
          {...form.field('subject')}
        />
        <TextArea
          label={m.body}
          hint={m.bodyHint}
          required
          readOnly={!mayWrite}
          rows={18}
          code
          {...form.field('body')}
        />
        <TextArea label={m.sample} hint={m.sampleHint} readOnly={!mayWrite} rows={6} code {...form.field('sample')} />
        {!isPlugins && (
          <>
            <Select
              label={m.class}
              options={(['TRANSACTIONAL', 'MARKETING'] as const).map((id) => ({ id, label: words.classes[id] }))}
              disabled={!mayWrite}
              {...form.field('kind')}
            />
            <TextField label={m.topic} hint={m.topicHint} optional readOnly={!mayWrite} {...form.field('topic')} />
          </>
        )}
        {mayWrite && <FormActions submit={m.save} />}
        {original && own && (
          <details>
            <summary>{m.compare}</summary>
            <Diff label={m.compare} before={original.body} after={written.body} />
          </details>
        )}
      </Form>
      <div className="mail-editor-preview">
        <Section title={m.preview}>
          <TemplatePreview
            name={name}
            language={language}
            subject={written.subject}
            body={written.body}
            sample={readSample(written.sample)}
          />
        </Section>
      </div>
      {edit.conflict}
    </div>
  )
}

function readSample(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
