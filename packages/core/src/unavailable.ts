import { RequestError } from './errors.ts'

/** Something that the installation stands on does not answer: most often its database. Nothing is certain. */
export class UnavailableError extends RequestError {
  override readonly name = 'UnavailableError'
  readonly code = 'UNAVAILABLE'
  readonly status = 503
  readonly retryAfterSeconds = 2

  constructor(cause: unknown) {
    super('A part of this installation, such as its database, does not answer at the moment. Try again shortly.', {
      cause,
    })
  }
}

/** What a caller is told of an error that says that the database, or another server, cannot be reached. */
export function asUnavailable(error: unknown): UnavailableError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause instanceof UnavailableError) return cause
    const { code } = cause as { code?: unknown }
    if ((typeof code === 'string' && unreachable.test(code)) || brokenOff.test(cause.message))
      return new UnavailableError(error)
  }
  return undefined
}

/**
 * Of sockets; of PostgreSQL: connection exceptions (08), too many connections (53300), shutting down and starting
 * up (57P01 to 57P03); of Prisma, the same (P1001, P1002, P1017, P2024); of our own pool of Prisma clients.
 */
const unreachable =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|53300|57P0[123]|P1001|P1002|P1017|P2024|DATABASE_BUSY)$/

/** Said by pg without a code: of a connection that ended, and of none that came free in time. */
const brokenOff =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/
