import { RequestError } from './errors.ts'

/** Something that the installation stands on does not answer: most often its database. Nothing is certain. */
export class UnavailableError extends RequestError {
  override readonly name = 'UnavailableError'
  readonly code = 'UNAVAILABLE'
  readonly status = 503
  readonly retryAfterSeconds = 2

  constructor(cause: unknown) {
    super(
      {
        en: 'A part of this installation, such as its database, does not answer at the moment. Try again shortly.',
        fr: 'Une partie de cette installation, comme sa base de données, ne répond pas pour le moment. Réessayez sous peu.',
      },
      { cause },
    )
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
 * Of sockets; of PostgreSQL: connection exceptions (08), too little of something (53: connections, disk, memory), shutting
 * down and starting up (57P01 to 57P03), input and output (58030), a transaction in which nothing happened for too long, as its process
 * stood still (25P03); of Prisma, the same (P1001, P1002, P1017, P2024, P2037); of ours, no free client of Prisma, and a transaction that took
 * too long and was rolled back.
 */
const unreachable =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|53...|57P0[123]|58030|25P03|P1001|P1002|P1017|P2024|P2037|DATABASE_BUSY|TRANSACTION_TIMED_OUT)$/

/** Said by pg without a code: of a connection that ended, and of none that came free in time; by Prisma of PostgreSQL's codes. */
const brokenOff =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)|Database error\. Code: `(08...|53...|57P0[123]|58030|25P03)`/
