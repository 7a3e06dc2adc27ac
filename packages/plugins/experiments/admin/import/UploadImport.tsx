import {
  Button,
  Link,
  Note,
  PageFrame,
  Section,
  Stack,
  TextField,
  useForm,
  useGoTo,
  useMessages,
} from '@espalier/admin-kit'
import { Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { messages as shared } from '../messages.ts'
import { experimentsPage, importPage } from '../pages.ts'
import { messages } from './messages.ts'

/** Largest file that the server takes. Bytes. */
const most = 32 * 1024 * 1024

/** Takes a file of GrowthBook; what becomes of it is on the next page. */
export default function UploadImport() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const goTo = useGoTo()
  const input = useRef<HTMLInputElement>(null)
  const form = useForm<{ environment: string; goal: string }>({
    start: { environment: 'production', goal: 'conversion' },
  })
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const upload = async (file: File) => {
    setBusy(true)
    setProblem(undefined)
    const answer = file.size > most ? { problem: m.tooLarge } : await send(file, form.getValues(), m.failed)
    setBusy(false)
    if ('id' in answer) goTo(importPage, { params: { id: answer.id } })
    else setProblem(answer.problem)
  }
  return (
    <PageFrame title={m.title} lead={m.lead} breadcrumbs={<Link to={experimentsPage}>{words.experiments}</Link>}>
      <Stack gap={5}>
        <Section title={m.what}>
          <p>{m.whatText}</p>
        </Section>
        <TextField label={m.environment} hint={m.environmentHint} {...form.field('environment')} />
        <TextField label={m.goal} hint={m.goalHint} {...form.field('goal')} />
        <div>
          <input
            ref={input}
            type="file"
            accept="application/json,.json"
            hidden
            tabIndex={-1}
            aria-label={m.choose}
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? []
              if (file) void upload(file)
              currentTarget.value = ''
            }}
          />
          <Button icon={Upload} variant="primary" busy={busy} onPress={() => input.current?.click()}>
            {m.choose}
          </Button>
        </div>
        {problem && (
          <Note tone="critical" announced>
            {problem}
          </Note>
        )}
      </Stack>
    </PageFrame>
  )
}

/** Files are too large for GraphQL. */
async function send(
  file: File,
  options: { environment: string; goal: string },
  failed: string,
): Promise<{ id: string } | { problem: string }> {
  try {
    const query = new URLSearchParams({ name: file.name.slice(0, 200), ...options })
    const response = await fetch(`/experiments/import/growthbook?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: file,
    })
    const answer: { id?: string; message?: string; error?: { message?: string } } = await response.json()
    if (response.ok && answer.id) return { id: answer.id }
    return { problem: answer.message ?? answer.error?.message ?? failed }
  } catch {
    return { problem: failed }
  }
}
