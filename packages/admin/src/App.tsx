import { useEffect, useState } from 'react'
import { ask, signOut } from './api.ts'
import { Failure } from './Failure.tsx'
import type { ViewerQuery } from './graphql/graphql.ts'
import { graphql } from './graphql/index.ts'
import { LanguageChoice, LanguageProvider, useLanguage } from './language.tsx'
import { Navigation } from './Navigation.tsx'
import { Screen } from './Screen.tsx'
import { SignIn } from './SignIn.tsx'
import { TakeInvitation } from './TakeInvitation.tsx'
import { useAnswer } from './useApi.ts'

const ViewerDocument = graphql(`
  query Viewer {
    viewer {
      role
      permissions
      user {
        name
        email
        locale
      }
      workspaces {
        name
        current
      }
    }
  }
`)

const ScreensDocument = graphql(`
  query Screens {
    plugins {
      name
    }
  }
`)

const SpeakDocument = graphql(`
  mutation Speak($locale: String!) {
    updateViewer(input: { locale: $locale }) {
      ... on Error {
        message
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
  return <SignedIn viewer={viewer} />
}

function SignedIn({ viewer }: { viewer: NonNullable<ViewerQuery['viewer']> }) {
  const { messages } = useLanguage()
  const spoken = useAccountLanguage(viewer.user?.locale)
  const workspace = viewer.workspaces.find(({ current }) => current)
  // A plugin that is switched off has taken its fields out of the API: only what runs is shown and asked.
  const { answer } = useAnswer(ScreensDocument, {})
  const runs = (name: string) =>
    answer.state === 'ready' && answer.result.plugins.some((plugin) => plugin.name === name)
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
        {workspace && <Navigation runs={runs} />}
      </header>
      <main id="content">
        {/* What the server says in words is asked again in another language. */}
        {workspace ? <Screen key={spoken} viewer={viewer} runs={runs} /> : <p>{messages.noWorkspace}</p>}
      </main>
    </>
  )
}

/**
 * Keeps the language of the account, in which the server writes, the same as that of the screen.
 * @returns the language of the account
 */
function useAccountLanguage(locale: string | undefined): string | undefined {
  const { language, adopt } = useLanguage()
  const [spoken, setSpoken] = useState(locale)
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when one of the two languages changes
  useEffect(() => {
    if (spoken === undefined || adopt(spoken) === spoken) return
    // Should it fail, the screen speaks its language all the same, and the next visit tries again.
    ask(SpeakDocument, { locale: language }).then(
      () => setSpoken(language),
      () => {},
    )
  }, [language, spoken])
  return spoken
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
