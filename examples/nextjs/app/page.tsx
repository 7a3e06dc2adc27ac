import { cookies } from 'next/headers'
import { espalier } from './espalier.ts'
import { Tracking } from './Tracking.tsx'

/** The headline is decided while the page is rendered: nothing flickers, and it is there without JavaScript. */
export default async function Page() {
  const visitor = (await cookies()).get('visitor')?.value
  const { variant, value } = await espalier.evaluate(
    'pear-headline',
    { id: visitor ?? '' },
    { fallback: 'Pears, delivered', timeoutMs: 300 },
  )
  return (
    <main>
      <h1>{value}</h1>
      <button type="button" data-goal="signup">
        Sign up
      </button>
      <Tracking
        url={process.env.ESPALIER_URL ?? 'http://127.0.0.1:4000'}
        site={process.env.ESPALIER_SITE ?? ''}
        visitor={visitor}
        shown={variant ? { 'pear-headline': variant } : {}}
      />
    </main>
  )
}
