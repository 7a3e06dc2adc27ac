import { type FormEvent, useState } from 'react'
import { ApiError, signIn } from './api.ts'
import { LanguageChoice, useLanguage } from './language.tsx'

export interface SignInProps {
  onSignedIn: () => void
  /** Said instead of where a new installation's account is to be found. */
  hint?: string
  /** Filled in already. */
  email?: string
}

export function SignIn({ onSignedIn, hint, email }: SignInProps) {
  const { messages } = useLanguage()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setProblem(undefined)
    try {
      await signIn(String(form.get('email')), String(form.get('password')))
      onSignedIn()
    } catch (error) {
      const code = error instanceof ApiError ? error.code : 'UNREACHABLE'
      setProblem(
        code === 'INVALID_CREDENTIALS'
          ? messages.signInRefused
          : code === 'RATE_LIMITED'
            ? messages.tooManyAttempts
            : messages.unreachable,
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <main>
      <form className="card" onSubmit={submit}>
        <div className="row">
          <h1>Espalier</h1>
          <LanguageChoice />
        </div>
        <label>
          {messages.email}
          <input name="email" type="email" autoComplete="username" defaultValue={email} required />
        </label>
        <label>
          {messages.password}
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p role="alert" className="bad">
          {problem}
        </p>
        <button type="submit" className="primary" disabled={busy}>
          {busy ? messages.signingIn : messages.signIn}
        </button>
        <p className="muted">{hint ?? messages.signInHint}</p>
      </form>
    </main>
  )
}
