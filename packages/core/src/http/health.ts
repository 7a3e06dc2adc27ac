/** What has to hold before traffic is sent here: name → a check that throws, or settles too late, when it does not. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>

/** The process is alive and its event loop turns; says nothing about what it depends on. */
export function healthz(): Response {
  return Response.json({ status: 'ok' }, { headers: noStore })
}

/**
 * Whether this server should get traffic: 200 when every check passes, else 503 with the names of those that
 * do not, and why.
 *
 * @param timeoutMs how long a check may take
 */
export async function readyz(checks: ReadinessChecks, draining: boolean, timeoutMs = 2_000): Promise<Response> {
  if (draining) return Response.json({ status: 'draining' }, { status: 503, headers: noStore })
  const outcomes = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcome(check, timeoutMs)] as const),
  )
  const ready = outcomes.every(([, result]) => result === 'ok')
  return Response.json(
    { status: ready ? 'ready' : 'unready', checks: Object.fromEntries(outcomes) },
    { status: ready ? 200 : 503, headers: noStore },
  )
}

const noStore = { 'cache-control': 'no-store' }

async function outcome(check: () => Promise<unknown>, timeoutMs: number): Promise<'ok' | 'failing' | 'timeout'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'timeout')
  })
  try {
    // The reason stays in the log: this page is open to anyone.
    return await Promise.race([check().then(() => 'ok' as const), late])
  } catch {
    return 'failing'
  } finally {
    clearTimeout(timer)
  }
}
