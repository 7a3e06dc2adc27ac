import {
  Form,
  FormActions,
  invalidate,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { messages as entranceMessages } from '../../signIn/messages.ts'
import { NewPasswordField } from '../../signIn/NewPasswordField.tsx'
import { leastPassword } from '../../signIn/passwordStrength.ts'
import { ChangePasswordDocument } from './documents.ts'
import { messages } from './messages.ts'

/** A new password for oneself, for who knows the present one. */
export function PasswordForm() {
  const m = useMessages(messages)
  const entrance = useMessages(entranceMessages)
  const { user } = useViewer()
  const [change] = useMutation(ChangePasswordDocument)
  const form = useForm({
    start: { currentPassword: '', newPassword: '' },
    check: ({ currentPassword, newPassword }) => ({
      currentPassword: currentPassword === '' && m.currentMissing,
      newPassword: newPassword.length < leastPassword && entrance.passwordShort(leastPassword),
    }),
  })
  return (
    <Form
      form={form}
      label={m.password}
      guarded={false}
      submit={(input) => change({ input })}
      done={() => {
        toast(m.changed, { tone: 'positive' })
        form.reset({ currentPassword: '', newPassword: '' })
        invalidate('viewer')
      }}
    >
      <TextField
        {...form.field('currentPassword')}
        label={m.current}
        type="password"
        autoComplete="current-password"
        required
      />
      <NewPasswordField label={m.new} field={form.field('newPassword')} related={[user.name, user.email]} />
      <FormActions submit={m.change} />
    </Form>
  )
}
