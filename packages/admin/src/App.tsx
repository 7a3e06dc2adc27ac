import { asError, Failure, LanguageProvider, OverlayHost } from '@espalier/admin-kit'
import { lazy, Suspense } from 'react'
import { ErrorBoundary } from 'react-error-boundary'
import { Session } from './session/Session.tsx'
import { PageLoading } from './shell/PageOutlet.tsx'

/** The app. Two addresses are for people who have no account yet: they lead past signing in. */
export function App() {
  return (
    <LanguageProvider>
      {/* What breaks outside of any page is said. */}
      <ErrorBoundary
        fallbackRender={({ error }) => (
          <main>
            <Failure error={asError(error)} again={() => location.reload()} />
          </main>
        )}
      >
        <Suspense fallback={<PageLoading />}>
          <Entrance />
        </Suspense>
      </ErrorBoundary>
      <OverlayHost />
    </LanguageProvider>
  )
}

/** The first person of an installation, and whoever holds an invitation. */
const SetUp = lazy(() => import('./setup/SetUp.tsx'))
const TakeInvitation = lazy(() => import('./signIn/TakeInvitation.tsx'))

function Entrance() {
  const path = location.pathname.replace(/\/+$/, '')
  if (path === '/admin/setup') return <SetUp />
  if (path === '/invitation' || path === '/admin/invitation') return <TakeInvitation />
  return <Session />
}
