import {
  Card,
  Form,
  FormActions,
  PageFrame,
  SegmentedControl,
  Stack,
  TextField,
  ThemeChoice,
  toast,
  useForm,
  useLanguage,
  useMessages,
  useMutation,
  useViewer,
  useWords,
} from '@espalier/admin-kit'
import { accountPage } from '../pages.ts'
import { UpdateViewerDocument } from './documents.ts'
import { messages } from './messages.ts'
import { PasswordForm } from './PasswordForm.tsx'
import { Sessions } from './Sessions.tsx'

/** What belongs to a person, whatever the workspace. */
export default function Account() {
  const m = useMessages(messages)
  const words = useWords()
  return (
    <PageFrame title={words(accountPage.title)} lead={m.lead}>
      <Stack gap={6}>
        <Card title={m.profile}>
          <Profile />
        </Card>
        <Look />
        <Card title={m.password} lead={m.passwordLead}>
          <PasswordForm />
        </Card>
        <Sessions />
      </Stack>
    </PageFrame>
  )
}

function Profile() {
  const m = useMessages(messages)
  const { user, again } = useViewer()
  const [save] = useMutation(UpdateViewerDocument)
  const form = useForm({ values: { name: user.name } })
  return (
    <Form
      form={form}
      label={m.profile}
      submit={(input) => save({ input })}
      done={() => {
        toast(m.saved, { tone: 'positive' })
        again()
      }}
    >
      <TextField {...form.field('name')} label={m.name} autoComplete="name" maxLength={100} required />
      <TextField label={m.email} value={user.email} hint={m.emailHint} readOnly />
      <FormActions />
    </Form>
  )
}

function Look() {
  const m = useMessages(messages)
  const { language, choose } = useLanguage()
  return (
    <Card title={m.look} lead={m.languageHint}>
      <Stack>
        <SegmentedControl
          label={m.language}
          options={[
            { id: 'en', label: m.languages.en },
            { id: 'fr', label: m.languages.fr },
          ]}
          value={language}
          onChange={choose}
        />
        <ThemeChoice />
      </Stack>
    </Card>
  )
}
