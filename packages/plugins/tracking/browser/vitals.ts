/** What the browser tells about the load of this page and its Core Web Vitals (https://web.dev/articles/vitals). */
interface Vitals {
  loadMs?: number
  lcpMs?: number
  inpMs?: number
  cls?: number
}

/** The parts of the entries that are read here; TypeScript does not know all of them. */
interface Entry extends PerformanceEntry {
  value: number
  hadRecentInput: boolean
  interactionId: number
}

/** Begins to measure. @returns reads what was measured so far; what a browser cannot measure is absent */
export const measure = () => {
  const vitals: Vitals = {}
  const navigation = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined
  /** A page that was rendered ahead of its visit begins when it is shown. */
  const begin = (navigation as { activationStart?: number } | undefined)?.activationStart || 0
  const interactions: Record<number, number> = {}
  const pending: (() => void)[] = []
  let sum = 0
  let last = 0
  let windowStart = 0
  const observe = (type: string, see: (entry: Entry) => void) => {
    if (PerformanceObserver.supportedEntryTypes.includes(type)) {
      const observer = new PerformanceObserver((list) => (list.getEntries() as Entry[]).forEach(see))
      observer.observe({ type, durationThreshold: 16, buffered: true } as PerformanceObserverInit)
      pending.push(() => (observer.takeRecords() as Entry[]).forEach(see))
      see({} as Entry)
    }
  }

  observe('largest-contentful-paint', ({ startTime }) => {
    vitals.lcpMs = startTime - begin
  })

  observe('layout-shift', ({ startTime = 0, value = 0, hadRecentInput }) => {
    if (hadRecentInput) return
    // The worst window of shifts: one ends after a second of rest, or after five.
    if (startTime - last > 1000 || startTime - windowStart > 5000) {
      sum = 0
      windowStart = startTime
    }
    last = startTime
    sum += value
    vitals.cls = Math.max(vitals.cls || 0, sum)
  })

  observe('event', ({ interactionId, duration }) => {
    if (interactionId) interactions[interactionId] = Math.max(interactions[interactionId] || 0, duration)
  })

  return () => {
    for (const take of pending) take()
    vitals.loadMs = (navigation?.loadEventEnd as number) - begin
    // The slowest of every fifty is left out.
    const durations = Object.values(interactions).sort((a, b) => b - a)
    vitals.inpMs = durations[(durations.length / 50) | 0]
    return vitals
  }
}
