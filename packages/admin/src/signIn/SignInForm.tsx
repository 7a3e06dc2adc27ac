import { Form, FormActions, Problem, TextField, useForm, useMessages, useMutation } from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { messages } from './messages.ts'

const SignInDocument = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      ... on SignInSuccess {
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

/** @param email filled in already, where it is known who signs in */
export function SignInForm({ email = '', onSignedIn }: { email?: string; onSignedIn: () => void }) {
  const m = useMessages(messages)
  const [signIn] = useMutation(SignInDocument)
  const form = useForm({
    start: { email, password: '' },
    check: (values) => ({
      email: values.email.trim() === '' && m.emailMissing,
      password: values.password === '' && m.passwordMissing,
    }),
  })
  return (
    <Form
      form={form}
      label={m.signIn}
      guarded={false}
      submit={async (input) => {
        const outcome = await signIn({ input })
        if (outcome.problem?.code === 'RATE_LIMITED') return { problem: new Problem('RATE_LIMITED', m.tooMany) }
        return outcome
      }}
      done={onSignedIn}
    >
      <TextField
        {...form.field('email')}
        label={m.email}
        type="email"
        autoComplete="username"
        readOnly={email !== ''}
      />
      <TextField {...form.field('password')} label={m.password} type="password" autoComplete="current-password" />
      <FormActions submit={m.signIn} />
      <p className="e-muted">{m.lostPassword}</p>
    </Form>
  )
}
