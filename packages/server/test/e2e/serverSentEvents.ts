/** A result of a subscription, as the stream brings it. */
export interface StreamedResult {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape
  readonly data?: any
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

export interface EventStream {
  /** Resolves with the first result, already there or still to come, that fits. @throws when it ends or is late */
  until(fits: (result: StreamedResult) => boolean, timeoutMs?: number): Promise<StreamedResult>
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>
  close(): void
}

/** Follows a subscription over server-sent events, as `curl` or an `EventSource` would. */
export function readEvents(
  url: string,
  credentials: Record<string, string>,
  query: string,
  variables: Record<string, unknown>,
): EventStream {
  const results: StreamedResult[] = []
  const waiting = new Set<() => void>()
  const abort = new AbortController()
  let over: string | undefined
  const notify = () => {
    for (const check of waiting) check()
  }
  const read = async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', origin: url, ...credentials },
      body: JSON.stringify({ query, variables }),
      signal: abort.signal,
    })
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const data = /^data: ?(.+)$/m.exec(event)?.[1]
        if (/^event: ?next$/m.test(event) && data) results.push(JSON.parse(data))
      }
      notify()
    }
  }
  const ended = read()
    .then(
      () => 'The stream ended',
      (error) => `The stream broke: ${error}`,
    )
    .then((reason) => {
      over = reason
      notify()
    })
  return {
    ended,
    close: () => abort.abort(),
    until: (fits, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer)
          waiting.delete(check)
          settle()
        }
        const fail = (reason: string) =>
          end(() => reject(new Error(`${reason}; its latest result was ${JSON.stringify(results.at(-1))}.`)))
        const check = () => {
          const found = results.find(fits)
          if (found) end(() => resolve(found))
          else if (over) fail(over)
        }
        const timer = setTimeout(fail, timeoutMs, 'Nothing that fits arrived in time')
        waiting.add(check)
        check()
      }),
  }
}
