import { Form, FormActions, TextField, useForm, useLanguage, useMessages, useMutation } from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { messages } from './messages.ts'
import { NewPasswordField } from './NewPasswordField.tsx'
import { leastPassword } from './passwordStrength.ts'

export const AcceptDocument = graphql(`
  mutation AcceptInvitation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      ... on AcceptInvitationSuccess {
        data {
          role
        }
      }
      ... on Error {
        code
        message
      }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

/** A new person makes the account that the invitation is for. */
export function JoinForm({ token, email, onJoined }: { token: string; email: string; onJoined: () => void }) {
  const m = useMessages(messages)
  const { language } = useLanguage()
  const [accept] = useMutation(AcceptDocument)
  const form = useForm({
    start: { name: '', password: '' },
    check: ({ name, password }) => ({
      name: name.trim() === '' && m.nameMissing,
      password: password.length < leastPassword && m.passwordShort(leastPassword),
    }),
  })
  return (
    <Form
      form={form}
      label={m.join}
      guarded={false}
      submit={(account) => accept({ input: { token, ...account, locale: language } })}
      done={onJoined}
    >
      <TextField label={m.email} type="email" autoComplete="username" value={email} readOnly />
      <TextField {...form.field('name')} label={m.yourName} autoComplete="name" maxLength={100} required />
      <NewPasswordField label={m.choosePassword} field={form.field('password')} related={[email, form.watch('name')]} />
      <FormActions submit={m.join} />
    </Form>
  )
}
