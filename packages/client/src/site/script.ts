/** What the scripts of Espalier give a page, as `window.espalier`. */
export interface PageEspalier {
  track(name: string, properties?: object): void
  goal(goal: string, properties?: object, value?: unknown): void
  consent(given: boolean): void
  visitor(): string | undefined
  identify(visitorId: string): void
  /** Of the script of experiments, which comes after the tracker. */
  variant?(key: string, attributes?: object): string | null
  value?(key: string, attributes?: object): unknown
}

/** What is there of it, once the scripts have run. */
export function pageEspalier(): PageEspalier | undefined {
  return (globalThis as { espalier?: PageEspalier }).espalier
}

/**
 * A script by its address, once in a page: where a tag of the page or another caller loads it already, it is waited for. One
 * that could not be loaded is asked for again the next time.
 *
 * @returns whether it runs; false where it was blocked or is not there
 */
export function loadScript(src: string, attributes: Readonly<Record<string, string>> = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const present = [...document.scripts].find((script) => script.src === src)
    const script = present ?? document.createElement('script')
    const { dataset } = script
    if (dataset.espalier === 'loaded') return resolve(true)
    script.addEventListener('load', () => resolve(true))
    script.addEventListener('error', () => resolve(false))
    if (present) {
      // Of a tag of the page nobody says whether it has failed already; once the page is complete, it has.
      if (dataset.espalier) return
      if (document.readyState === 'complete') return resolve(false)
      return addEventListener('load', () => resolve(false))
    }
    dataset.espalier = 'loading'
    script.addEventListener('load', () => {
      dataset.espalier = 'loaded'
    })
    script.addEventListener('error', () => script.remove())
    script.src = src
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value)
    document.head.append(script)
  })
}
