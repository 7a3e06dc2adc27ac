import { UnusableAnswer } from './serviceFailure.ts'

const whole = 16 * 1024 * 1024
/** Of 128,000 tokens, with some 250 bytes for each. */
const stream = 64 * 1024 * 1024
/** The client looks through a line once more for each part of it that comes. */
const lineOfStream = 1024 * 1024

/**
 * `fetch`, with answers that end: whoever names a model service may name one that never stops, and all workspaces share the memory of
 * a process.
 *
 * @throws UnusableAnswer from the body, once too much has come
 */
export async function boundedFetch(...asked: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...asked)
  if (!response.body) return response
  const { status, statusText, headers } = response
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false
  return new Response(response.body.pipeThrough(counted(isStream)), { status, statusText, headers })
}

function counted(isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  const most = isStream ? stream : whole
  let seen = 0
  let inLine = 0
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength
      const end = chunk.lastIndexOf(lineFeed)
      inLine = end < 0 ? inLine + chunk.byteLength : chunk.byteLength - end - 1
      if (seen > most) controller.error(new UnusableAnswer(`it has more than ${most} bytes`))
      else if (isStream && inLine > lineOfStream)
        controller.error(new UnusableAnswer(`one of its lines has more than ${lineOfStream} bytes`))
      else controller.enqueue(chunk)
    },
  })
}

const lineFeed = 10
