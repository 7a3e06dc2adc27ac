/** The sites that may act with a visitor's cookies: the installation's own, and those it was told to trust. */
export class Origins {
  readonly #trusted: Set<string>

  /** @param trusted origins such as "https://app.example.com"; a path is ignored */
  constructor(publicUrl: string, trusted: readonly string[] = []) {
    this.#trusted = new Set([...ownOrigins(publicUrl), ...trusted.map((url) => new URL(url).origin)])
  }

  get list(): string[] {
    return [...this.#trusted]
  }

  trusts(origin: string): boolean {
    return this.#trusted.has(origin)
  }
}

/** A loopback installation is the same under each of its names. */
function ownOrigins(publicUrl: string): string[] {
  const url = new URL(publicUrl)
  const loopback = ['localhost', '127.0.0.1', '[::1]']
  if (!loopback.includes(url.hostname)) return [url.origin]
  return loopback.map((host) => `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}`)
}
