/**
 * What a response of server-sent events says, event by event, until it ends.
 *
 * Source: HTML Living Standard, 9.2.6, without `id` and `retry`, which the API does not send.
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ event: string; data: string }> {
  let waiting = ''
  for await (const text of body.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    waiting += text
    const blocks = waiting.split(/\r?\n\r?\n/)
    waiting = blocks.pop() as string
    for (const block of blocks) {
      const said = (field: string) =>
        block
          .split(/\r?\n/)
          .filter((line) => line.startsWith(`${field}:`))
          .map((line) => line.slice(field.length + 1).replace(/^ /, ''))
          .join('\n')
      const data = said('data')
      const event = said('event')
      if (event || data) yield { event: event || 'message', data }
    }
  }
}
