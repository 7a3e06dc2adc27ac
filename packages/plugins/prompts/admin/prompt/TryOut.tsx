import {
  Button,
  Card,
  Select,
  TextArea,
  TextField,
  useMessages,
  useMutation,
  usePage,
  useViewer,
} from '@espalier/admin-kit'
import { Play } from 'lucide-react'
import { useState } from 'react'
import { TryDocument } from '../documents.ts'
import { messages as shared } from '../messages.ts'
import { promptPage } from '../pages.ts'
import { Preview } from './Preview.tsx'
import type { FoundPrompt, Variant } from './Prompt.tsx'
import { TryResult } from './TryResult.tsx'
import { tryMessages } from './tryMessages.ts'
import { readValues, writtenValue } from './variableValues.ts'
import '../versions/versions.css'

/** Fills a version in, says what asking would cost, and asks. */
export function TryOut({ prompt }: { prompt: FoundPrompt }) {
  const m = useMessages(tryMessages)
  const { search } = usePage(promptPage)
  const variants = prompt.variants.nodes
    .filter(({ language }) => language === search.language)
    .toSorted((one, other) => other.version - one.version)
  const variant =
    variants.find(({ version }) => version === search.version) ??
    variants.find(({ status }) => status === 'ACTIVE') ??
    variants[0]
  if (!variant) return <p className="e-muted">{m.none}</p>
  return <Trial prompt={prompt} variant={variant} variants={variants} />
}

function Trial({ prompt, variant, variants }: { prompt: FoundPrompt; variant: Variant; variants: readonly Variant[] }) {
  const m = useMessages(tryMessages)
  const words = useMessages(shared)
  const viewer = useViewer()
  const { setSearch } = usePage(promptPage)
  const [written, setWritten] = useState(() =>
    Object.fromEntries(prompt.variables.map((variable) => [variable.name, writtenValue(variable)])),
  )
  const [executionId, setExecutionId] = useState<string>()
  const [run, { busy, problem }] = useMutation(TryDocument, { invalidates: ['promptExecutions'] })
  const { values, wrong } = readValues(prompt.variables, written)
  const isRight = Object.keys(wrong).length === 0
  const ask = async () => {
    const { data } = await run({ variantId: variant.id, variables: values })
    if (data) setExecutionId(data.id)
  }
  return (
    <div className="prompts-said">
      <Card title={m.variables}>
        <Select
          label={m.version}
          options={variants.map(({ version, status }) => ({
            id: String(version),
            label: words.version(version),
            detail: words.status[status],
          }))}
          value={String(variant.version)}
          onChange={(version) => setSearch({ version: Number(version) })}
        />
        {prompt.variables.length === 0 && <p className="e-muted">{m.noVariables}</p>}
        {prompt.variables.map((variable) => {
          const { name, type, description, required } = variable
          const fault = wrong[name]
          const field = {
            label: name,
            value: written[name],
            onChange: (text: string) => setWritten({ ...written, [name]: text }),
            hint: [description, type === 'TEXT' ? '' : m.jsonHint].filter(Boolean).join('. '),
            optional: !required,
            error: fault && m[fault],
          }
          return type === 'NUMBER' || type === 'BOOLEAN' ? (
            <TextField key={name} {...field} code />
          ) : (
            <TextArea key={name} {...field} code={type !== 'TEXT'} />
          )
        })}
        {viewer.may('prompts:run') ? (
          <Button variant="primary" icon={Play} busy={busy} disabled={!isRight} onPress={() => void ask()}>
            {m.run}
          </Button>
        ) : (
          <p className="e-muted">{m.mayNotRun}</p>
        )}
      </Card>
      <div className="e-stack" style={{ gap: 'var(--space-4)' }}>
        <TryResult problem={problem} executionId={executionId} />
        <Preview variant={variant} values={isRight ? values : undefined} />
      </div>
    </div>
  )
}
