import {
  Button,
  Card,
  DescriptionList,
  Form,
  FormActions,
  Link,
  Note,
  plainId,
  Row,
  Stack,
  TextField,
  TimeAgo,
  toast,
  useConfirm,
  useForm,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { useState } from 'react'
import type { AiServiceQuery } from '../graphql/graphql.ts'
import { callPage } from '../pages.ts'
import { RemoveServiceDocument, SaveSettingsDocument, SetServiceDocument, TryServiceDocument } from './documents.ts'
import { messages } from './messages.ts'

type Status = AiServiceQuery['aiStatus']

/** How the service is doing, and the form that sets its address, key and model. */
export function Connection({ status, changed }: { status: Status; changed: () => void }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const { configured, breaker, baseUrl, hasKey, model, setAt } = status
  return (
    <Stack gap={4}>
      {breaker !== 'CLOSED' && <Note tone="warning">{m.breaker[breaker]}</Note>}
      {configured ? (
        <DescriptionList
          items={[
            [m.model, m.asks(model, baseUrl ?? '')],
            [m.key, hasKey ? m.withKey : m.withoutKey],
            setAt != null && [m.setAt, <TimeAgo key="at" at={setAt} />],
          ]}
        />
      ) : (
        <Note tone="neutral">{m.without}</Note>
      )}
      {viewer.may('ai:configure') ? (
        <>
          <Card title={m.connection}>
            <ConnectionForm status={status} changed={changed} />
          </Card>
          {configured && <TryOut changed={changed} />}
        </>
      ) : (
        <p className="e-muted">{m.forbidden}</p>
      )}
    </Stack>
  )
}

function ConnectionForm({ status: { baseUrl, hasKey, model }, changed }: { status: Status; changed: () => void }) {
  const m = useMessages(messages)
  const [set] = useMutation(SetServiceDocument)
  const [save] = useMutation(SaveSettingsDocument)
  const form = useForm({ values: { baseUrl: baseUrl ?? '', key: '', model } })
  return (
    <Form
      form={form}
      submit={async (values) => {
        const outcome = await set({ input: { baseUrl: values.baseUrl.trim() || null, key: values.key.trim() || null } })
        if (outcome.problem || values.model.trim() === model) return outcome
        const { problem } = await save({ value: { model: values.model.trim() } })
        return problem ? { problem } : outcome
      }}
      done={() => {
        // A key that was typed stays on no screen.
        form.setValue('key', '')
        toast(m.saved, { tone: 'positive' })
        changed()
      }}
    >
      <TextField
        label={m.baseUrl}
        type="url"
        hint={m.baseUrlHint}
        placeholder="https://api.openai.com/v1"
        {...form.field('baseUrl')}
      />
      <TextField
        label={m.key}
        type="password"
        hint={m.keyHint}
        placeholder={hasKey ? m.keyKept : ''}
        autoComplete="off"
        {...form.field('key')}
      />
      <TextField label={m.model} hint={m.modelHint} maxLength={200} {...form.field('model')} />
      <FormActions />
    </Form>
  )
}

function TryOut({ changed }: { changed: () => void }) {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const [attempt, { busy: trying }] = useMutation(TryServiceDocument, { invalidates: ['aiCalls'] })
  const [remove, { busy: removing }] = useMutation(RemoveServiceDocument)
  const [said, setSaid] = useState<{ text: string; isBad: boolean; callId?: string | undefined }>()
  const tryIt = async () => {
    setSaid(undefined)
    const { data, problem } = await attempt({})
    if (problem) setSaid({ text: problem.message, isBad: true })
    else if (data)
      setSaid({
        text: data.ok ? m.answered(data.text ?? '') : (data.errorMessage ?? ''),
        isBad: !data.ok,
        callId: data.call?.id,
      })
    changed()
  }
  const removeIt = async () => {
    if (!(await confirm({ title: m.removeTitle, text: m.removeText, confirm: m.remove, danger: true }))) return
    const { problem } = await remove({})
    toast(problem?.message ?? m.removed, { tone: problem ? 'critical' : 'positive' })
    changed()
  }
  return (
    <Stack gap={3}>
      <Row>
        <Button busy={trying} onPress={() => void tryIt()}>
          {m.try}
        </Button>
        <span className="e-muted e-small">{m.tryHint}</span>
      </Row>
      {said && (
        <Note
          tone={said.isBad ? 'critical' : 'positive'}
          title={said.isBad ? m.notAnswered : undefined}
          announced
          actions={
            said.callId && (
              <Link to={callPage} params={{ id: plainId(said.callId) }}>
                {m.showCall}
              </Link>
            )
          }
        >
          {said.text}
        </Note>
      )}
      <Row>
        <Button variant="quiet" busy={removing} onPress={() => void removeIt()}>
          {m.remove}
        </Button>
      </Row>
    </Stack>
  )
}
