import { useState } from 'react'
import { signOut } from './api.ts'
import { Failure } from './Failure.tsx'
import { graphql } from './graphql/index.ts'
import { LanguageChoice, LanguageProvider, useLanguage } from './language.tsx'
import { Overview } from './Overview.tsx'
import { SignIn } from './SignIn.tsx'
import { TakeInvitation } from './TakeInvitation.tsx'
import { useAnswer } from './useApi.ts'

const ViewerDocument = graphql(`
  query Viewer {
    viewer {
      role
      user {
        name
        email
      }
      workspaces {
        name
        current
      }
    }
  }
`)

export function App() {
  // The one screen that people reach by a link from outside, before they have an account.
  const token = location.pathname === '/invitation' ? new URLSearchParams(location.search).get('token') : null
  return <LanguageProvider>{token === null ? <Session /> : <TakeInvitation token={token} />}</LanguageProvider>
}

function Session() {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(ViewerDocument, {})
  if (answer.state === 'loading') return <main aria-busy="true">{messages.loading}</main>
  if (answer.state === 'failed' && answer.error.code === 'UNAUTHENTICATED') return <SignIn onSignedIn={again} />
  if (answer.state === 'failed')
    return (
      <main>
        <Failure error={answer.error} again={again} />
      </main>
    )

  const { viewer } = answer.result
  if (!viewer) return <SignIn onSignedIn={again} />
  const workspace = viewer.workspaces.find(({ current }) => current)
  return (
    <>
      <a className="skip visually-hidden" href="#content">
        {messages.skipToContent}
      </a>
      <header>
        <strong>Espalier</strong>
        {workspace && (
          <span>
            {workspace.name}{' '}
            <span className="muted">({messages.roles[viewer.role?.toLowerCase() ?? ''] ?? viewer.role})</span>
          </span>
        )}
        <LanguageChoice />
        <SignOut />
      </header>
      <main id="content">
        <h1>{messages.welcome(viewer.user?.name ?? '')}</h1>
        {workspace ? <Overview /> : <p>{messages.noWorkspace}</p>}
      </main>
    </>
  )
}

function SignOut() {
  const { messages } = useLanguage()
  const [problem, setProblem] = useState<string>()
  const leave = () =>
    signOut().then(
      () => location.reload(),
      () => setProblem(messages.unreachable),
    )
  return (
    <>
      <button type="button" onClick={leave}>
        {messages.signOut}
      </button>
      {problem && (
        <span role="alert" className="bad">
          {problem}
        </span>
      )}
    </>
  )
}
