import {
  Card,
  Columns,
  Diff,
  Form,
  FormActions,
  Note,
  NumberField,
  Stack,
  TextArea,
  TextField,
  toast,
  useForm,
  useFormat,
  useGoTo,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { AddVariantDocument } from '../documents.ts'
import { promptPage } from '../pages.ts'
import type { FoundPrompt, Variant } from '../prompt/Prompt.tsx'
import { messages } from './messages.ts'
import { usedVariables } from './usedVariables.ts'
import { VariableChips } from './VariableChips.tsx'

interface Wording {
  system: string
  template: string
  note: string
  parameters: {
    model: string
    temperature: number | null
    topP: number | null
    maxOutputTokens: number | null
  }
}

/** The form of a version: both messages, how the model is asked, and what differs from where it began. */
export function VersionForm({
  prompt,
  language,
  from,
}: {
  prompt: FoundPrompt
  language: 'EN' | 'FR'
  from?: number | undefined
}) {
  const m = useMessages(messages)
  const { list } = useFormat()
  const goTo = useGoTo()
  // Others may save meanwhile; what it began with stays.
  const [origin] = useState(() => originOf(prompt, language, from))
  const [add] = useMutation(AddVariantDocument, { invalidates: ['prompt', 'prompts'] })
  const form = useForm<Wording>({
    start: startOf(origin),
    check: ({ template }) => ({ template: template.trim() === '' && m.needTemplate }),
  })
  const system = form.watch('system')
  const template = form.watch('template')
  const declared = prompt.variables.map(({ name }) => name)
  const used = usedVariables(`${system}\n${template}`)
  const unknown = used.filter((name) => !declared.includes(name))
  const unused = declared.filter((name) => !used.includes(name))
  const back = () => goTo(promptPage, { params: { name: prompt.name }, search: { language } })
  return (
    <Form
      form={form}
      submit={({ parameters, ...wording }) =>
        add({
          promptId: prompt.id,
          input: {
            ...wording,
            language,
            parameters: { ...parameters, model: parameters.model.trim() || null },
            parentId: origin?.id ?? null,
          },
        })
      }
      done={(data) => {
        if (data) toast(m.saved(data.version), { tone: 'positive' })
        goTo(promptPage, { params: { name: prompt.name }, search: { language, version: data?.version } })
      }}
    >
      <p className="e-muted">{origin ? m.beginsWith(origin.version) : m.beginsEmpty}</p>
      <Card>
        <VariableChips
          variables={prompt.variables}
          onInsert={(name) =>
            form.setValue('template', `${template}{{ ${name} }}`, { shouldDirty: true, shouldTouch: true })
          }
        />
        <TextArea label={m.system} code rows={5} optional {...form.field('system')} />
        <TextArea label={m.template} code rows={12} required {...form.field('template')} />
        {unknown.length > 0 && <Note tone="warning">{m.unknownVariable(list(unknown))}</Note>}
        {unused.length > 0 && <p className="e-small e-muted">{m.unused(list(unused))}</p>}
      </Card>
      <Card title={m.advanced}>
        <Columns>
          <TextField label={m.model} code optional hint={m.modelHint} {...form.field('parameters.model')} />
          <NumberField
            label={m.temperature}
            optional
            min={0}
            max={2}
            step={0.1}
            {...form.field('parameters.temperature')}
          />
          <NumberField label={m.topP} optional min={0} max={1} step={0.05} {...form.field('parameters.topP')} />
          <NumberField
            label={m.maxOutputTokens}
            optional
            min={1}
            max={200_000}
            {...form.field('parameters.maxOutputTokens')}
          />
        </Columns>
      </Card>
      {origin && (origin.system !== system || origin.template !== template) && (
        <Card title={m.changes}>
          <Stack gap={2}>
            {origin.system !== system && <Diff label={m.system} before={origin.system} after={system} />}
            {origin.template !== template && <Diff label={m.template} before={origin.template} after={template} />}
          </Stack>
        </Card>
      )}
      <TextField label={m.note} hint={m.noteHint} optional {...form.field('note')} />
      <FormActions submit={m.saveDraft} onCancel={back} />
    </Form>
  )
}

/** The version that an address names, else the one in use, else the latest. */
function originOf(prompt: FoundPrompt, language: 'EN' | 'FR', from: number | undefined): Variant | undefined {
  const variants = prompt.variants.nodes
    .filter((variant) => variant.language === language)
    .toSorted((one, other) => other.version - one.version)
  return (
    variants.find(({ version }) => version === from) ??
    variants.find(({ status }) => status === 'ACTIVE') ??
    variants[0]
  )
}

function startOf(origin: Variant | undefined): Wording {
  return {
    system: origin?.system ?? '',
    template: origin?.template ?? '',
    note: '',
    parameters: {
      model: origin?.parameters.model ?? '',
      temperature: origin?.parameters.temperature ?? null,
      topP: origin?.parameters.topP ?? null,
      maxOutputTokens: origin?.parameters.maxOutputTokens ?? null,
    },
  }
}
