import {
  Button,
  Dialog,
  Form,
  FormActions,
  type RunMutation,
  Section,
  TextField,
  TimeAgo,
  toast,
  useConfirm,
  useForm,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { SetMailSecretMutation, SetMailSecretMutationVariables } from '../graphql/graphql.ts'
import { SetMailSecretDocument } from './documents.ts'
import { messages } from './messages.ts'

const names = ['SES_ACCESS_KEY_ID', 'SES_SECRET_ACCESS_KEY', 'SMTP_PASSWORD'] as const
type SecretName = (typeof names)[number]

/** Keys and passwords: one sees whether they are set, and never what they are. */
export function MailSecrets({
  secrets,
  mayConfigure,
  changed,
}: {
  secrets: readonly { name: string; updatedAt: string }[]
  mayConfigure: boolean
  changed: () => void
}) {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const [setting, setSetting] = useState<SecretName>()
  const [set] = useMutation(SetMailSecretDocument, { after: changed })
  const forget = async (name: SecretName) => {
    const title = m.forgetTitle(m.secretNames[name])
    if (!(await confirm({ title, text: m.forgetWhy, confirm: m.forget, danger: true }))) return
    const { problem } = await set({ name, secret: null })
    toast(problem?.message ?? m.keyGone, problem ? { tone: 'critical' } : {})
  }
  return (
    <Section title={m.secrets} lead={m.secretsLead}>
      <ul className="mail-secrets">
        {names.map((name) => {
          // The API calls them "ses-access-key-id".
          const known = secrets.find((one) => one.name === name.toLowerCase().replaceAll('_', '-'))
          return (
            <li key={name}>
              <KeyRound size={16} aria-hidden />
              <span>{m.secretNames[name]}</span>
              <span className="e-muted">{known ? <TimeAgo at={known.updatedAt} /> : m.notSet}</span>
              {mayConfigure && (
                <span>
                  <Button
                    size="small"
                    aria-label={`${m.replace}: ${m.secretNames[name]}`}
                    onPress={() => setSetting(name)}
                  >
                    {m.replace}
                  </Button>
                  {known && (
                    <Button
                      size="small"
                      variant="quiet"
                      aria-label={`${m.forget}: ${m.secretNames[name]}`}
                      onPress={() => void forget(name)}
                    >
                      {m.forget}
                    </Button>
                  )}
                </span>
              )}
            </li>
          )
        })}
      </ul>
      <Dialog
        open={setting !== undefined}
        onClose={() => setSetting(undefined)}
        title={setting ? m.secretNames[setting] : m.secrets}
        size="small"
        stays
      >
        {setting && <SecretForm name={setting} set={set} onClose={() => setSetting(undefined)} />}
      </Dialog>
    </Section>
  )
}

function SecretForm({
  name,
  set,
  onClose,
}: {
  name: SecretName
  set: RunMutation<SetMailSecretMutation, SetMailSecretMutationVariables>
  onClose: () => void
}) {
  const m = useMessages(messages)
  const form = useForm({ start: { secret: '' } })
  return (
    <Form
      form={form}
      guarded={false}
      submit={({ secret }) => set({ name, secret })}
      done={() => {
        toast(m.keySaved, { tone: 'positive' })
        onClose()
      }}
    >
      <TextField label={m.newValue} type="password" required autoFocus autoComplete="off" {...form.field('secret')} />
      <FormActions onCancel={onClose} />
    </Form>
  )
}
