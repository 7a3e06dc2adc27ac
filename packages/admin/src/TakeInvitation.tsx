import { type FormEvent, useEffect, useState } from 'react'
import { ApiError, acceptInvitation, findInvitation, type Invitation } from './api.ts'
import { LanguageChoice, useLanguage } from './language.tsx'
import { SignIn } from './SignIn.tsx'

/** Where an invitation's link leads: a new person makes an account here, one who has an account signs in. */
export function TakeInvitation({ token }: { token: string }) {
  const { language, messages } = useLanguage()
  const [invitation, setInvitation] = useState<Invitation>()
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const explain = (error: unknown) => {
    const { code, message } = error instanceof ApiError ? error : new ApiError('UNKNOWN', String(error))
    setProblem(code === 'NOT_FOUND' ? messages.invitationGone : code === 'UNREACHABLE' ? messages.unreachable : message)
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for a link
  useEffect(() => {
    const abort = new AbortController()
    findInvitation(token, abort.signal).then(setInvitation, (error) => {
      if (!abort.signal.aborted) explain(error)
    })
    return () => abort.abort()
  }, [token])

  async function join(account: { name?: string; password?: string }) {
    setBusy(true)
    setProblem(undefined)
    try {
      await acceptInvitation({ token, ...account, locale: language })
      location.assign('/admin/')
    } catch (error) {
      explain(error)
      setBusy(false)
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void join({ name: String(form.get('name')), password: String(form.get('password')) })
  }

  if (!invitation)
    return (
      <main>
        {problem ? (
          <p role="alert" className="bad">
            {problem}
          </p>
        ) : (
          <p aria-busy="true">{messages.loading}</p>
        )}
      </main>
    )

  const invited = messages.invitedTo(invitation.workspaceName, messages.roles[invitation.role] ?? invitation.role)
  if (invitation.hasAccount)
    return (
      <SignIn
        onSignedIn={() => void join({})}
        hint={problem ?? `${invited} ${messages.signInToJoin}`}
        email={invitation.email}
      />
    )
  return (
    <main>
      <form className="card" onSubmit={submit}>
        <div className="row">
          <h1>Espalier</h1>
          <LanguageChoice />
        </div>
        <p>{invited}</p>
        <label>
          {messages.email}
          <input name="email" type="email" autoComplete="username" value={invitation.email} readOnly />
        </label>
        <label>
          {messages.yourName}
          <input name="name" autoComplete="name" required maxLength={100} />
        </label>
        <label>
          {messages.choosePassword}
          <input
            name="password"
            type="password"
            autoComplete="new-password"
            required
            minLength={10}
            maxLength={128}
            aria-describedby="password-length"
          />
          <span id="password-length" className="muted">
            {messages.passwordLength}
          </span>
        </label>
        <p role="alert" className="bad">
          {problem}
        </p>
        <button type="submit" className="primary" disabled={busy}>
          {busy ? messages.joining : messages.join}
        </button>
      </form>
    </main>
  )
}
