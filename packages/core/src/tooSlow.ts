import { RequestError } from './errors.ts'

/** The database gave up a statement after the time that one may take, 10 seconds unless the installation says otherwise. */
export class TooSlowError extends RequestError {
  override readonly name = 'TooSlowError'
  readonly code = 'TOO_SLOW'
  readonly status = 503

  constructor(cause: unknown) {
    super(
      {
        en: 'This takes the database longer than it may. Ask for less: fewer days, a filter, or a word that is not as rare.',
        fr: 'Cela demande à la base de données plus de temps que permis. Demandez moins : moins de jours, un filtre, ou un mot moins rare.',
      },
      { cause },
    )
  }
}

/** What a caller is told of an error that says that a statement took too long. */
export function asTooSlow(error: unknown): TooSlowError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++)
    if (cause.message.includes(timedOut)) return new TooSlowError(error)
  return undefined
}

/** Said by PostgreSQL (57014, as when an administrator cancels), and by Prisma around it. */
const timedOut = 'canceling statement due to statement timeout'
