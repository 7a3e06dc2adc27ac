import { useState } from 'react'
import { site } from './site.ts'
import { useVariant } from './useVariant.ts'

export function App() {
  const [user, setUser] = useState<string>()
  const headline = useVariant('pear-headline', user)

  const signIn = async () => {
    await site.identify('user-4711', { plan: 'pro' })
    setUser('user-4711')
  }
  const signOut = async () => {
    await site.reset()
    setUser(undefined)
  }

  // Nothing flickers: the headline is drawn when it is known, after two seconds at the latest.
  if (headline === undefined) return null
  return (
    <main>
      <h1>{headline === 'bold' ? 'The best pears there are' : 'Pears, delivered'}</h1>
      <button type="button" onClick={() => site.track('plan-chosen', { plan: 'pro' })}>
        Choose Pro
      </button>
      <button type="button" onClick={() => site.goal('signup', { value: '1999 EUR' })}>
        Sign up
      </button>
      <button type="button" onClick={user ? signOut : signIn}>
        {user ? 'Sign out' : 'Sign in'}
      </button>
      <output>{user ?? 'somebody'}</output>
    </main>
  )
}
