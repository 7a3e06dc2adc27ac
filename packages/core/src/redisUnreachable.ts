import { StartError } from './errors.ts'

/** The one line for a Redis that does not answer at start. Names the server, never the password of the URL. */
export function redisUnreachable(url: string, cause: Error): StartError {
  const server = URL.canParse(url) ? new URL(url).host : 'the given address'
  return new StartError(
    'REDIS_UNREACHABLE',
    `Redis at ${server} does not answer: ${cause.message}. Start it, correct REDIS_URL, or remove REDIS_URL to run as one process.`,
    { cause },
  )
}
