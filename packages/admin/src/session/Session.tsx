import {
  ContributionsProvider,
  contributionsOf,
  createRouter,
  Failure,
  onSignedOut,
  RouterProvider,
  startAnew,
  useMessages,
  useQuery,
  type Viewer,
  ViewerProvider,
} from '@espalier/admin-kit'
import { createBrowserHistory } from '@tanstack/history'
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react'
import type { SessionQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { kernelAdmin } from '../kernel/kernelAdmin.ts'
import { everything } from '../plugins.ts'
import { Frame } from '../shell/Frame.tsx'
import { messages } from '../shell/messages.ts'
import { PageLoading } from '../shell/PageOutlet.tsx'
import { useAccountLanguage } from './useAccountLanguage.ts'

const SessionDocument = graphql(`
  query Session {
    viewer {
      role
      permissions
      user {
        id
        name
        email
        locale
      }
      workspaces {
        id
        name
        slug
        current
      }
    }
  }
`)

const RunningPluginsDocument = graphql(`
  query RunningPlugins {
    plugins {
      name
    }
  }
`)

/** The app for whoever is signed in, the way to sign in for everybody else. */
export function Session() {
  const m = useMessages(messages)
  const session = useQuery(SessionDocument, {})
  // Asked at the same time. It fails for whoever has no workspace, who is told so by the first.
  const running = useQuery(RunningPluginsDocument, {})
  const again = () => {
    session.again()
    running.again()
  }
  const isSignedOut = session.error?.code === 'UNAUTHENTICATED' || (session.data && !session.data.viewer?.user)
  // Everything is asked anew after another language or workspace was chosen: until then the app stays as it was.
  const known = useRef<{ who: Who | undefined; names: readonly string[] }>(undefined)
  if (isSignedOut) known.current = undefined
  else if (session.data && running.data)
    known.current = { who: viewerOf(session.data), names: running.data.plugins.map(({ name }) => name) }
  if (isSignedOut)
    return (
      <Suspense fallback={<PageLoading />}>
        <SignIn onSignedIn={startAnew} />
      </Suspense>
    )
  // At once, before anything is asked anew: the pages would be refused, and say so, again and again.
  const leave = () => {
    known.current = undefined
    startAnew()
  }
  if (known.current?.who)
    return <SignedIn viewer={known.current.who} names={known.current.names} again={again} leave={leave} />
  if (session.error)
    return (
      <main>
        <Failure error={session.error} again={again} />
      </main>
    )
  if (session.data && !viewerOf(session.data))
    return (
      <main className="e-page">
        <p>{m.noWorkspace}</p>
      </main>
    )
  if (running.error)
    return (
      <main>
        <Failure error={running.error} again={again} />
      </main>
    )
  return <PageLoading />
}

const history = createBrowserHistory()

/** Only for those who are not in: whoever is signed in never loads it. */
const SignIn = lazy(() => import('../signIn/SignIn.tsx'))

function SignedIn({
  viewer,
  names,
  again,
  leave,
}: {
  viewer: Who
  names: readonly string[]
  again: () => void
  leave: () => void
}) {
  useAccountLanguage(viewer.user.locale)
  // Only from here: whoever has not signed in yet is told so by every answer.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `leave` does the same whenever it was made
  useEffect(() => onSignedOut(leave), [])
  // The same list in another array changes nothing: the router keeps where one is.
  const running = names.join(' ')
  const contributions = useMemo(() => {
    const runs = new Set(running.split(' '))
    return contributionsOf(everything, (name) => name === kernelAdmin.name || runs.has(name))
  }, [running])
  // The page of health shows them as well.
  useEffect(() => {
    for (const fault of contributions.faults) console.error('Something that a plugin adds is left out:', fault)
  }, [contributions])
  const router = useMemo(() => createRouter(contributions.pages, { base: '/admin', history }), [contributions])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` does the same whenever it was made
  const value = useMemo<Viewer>(() => {
    const permissions = new Set(viewer.permissions)
    const runs = new Set(running.split(' '))
    return {
      ...viewer,
      may: (permission) => permission === undefined || permissions.has(permission),
      runs: (plugin) => runs.has(plugin),
      again,
    }
  }, [viewer, running])
  return (
    <ViewerProvider value={value}>
      <ContributionsProvider value={contributions}>
        <RouterProvider router={router}>
          <Frame />
        </RouterProvider>
      </ContributionsProvider>
    </ViewerProvider>
  )
}

type Who = Omit<Viewer, 'may' | 'runs' | 'again'> & { readonly permissions: readonly string[] }

/** @returns undefined for whoever belongs to no workspace */
function viewerOf({ viewer }: SessionQuery): Who | undefined {
  const workspace = viewer?.workspaces.find(({ current }) => current)
  if (!viewer?.user || !viewer.role || !workspace) return undefined
  const { user, role, workspaces, permissions } = viewer
  return { user, role, workspace, workspaces, permissions }
}
