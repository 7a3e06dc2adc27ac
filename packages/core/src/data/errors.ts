const problems = {
  DATABASE_BUSY: (size: number, waitMs: number) =>
    `All ${size} Prisma clients were in use for ${waitMs} ms. Try again, or raise the pool's size.`,
  PRISMA_CALL_REFUSED: (name: string) =>
    `prisma.${name} would leave the workspace. Use db.transaction for transactions, and models, $queryRaw or $executeRaw for the rest.`,
  TRANSACTION_ENDED_BY_SQL: (text: string) =>
    `The statement "${text}" ended the transaction, and with it the workspace. Return from the transaction's function to commit, throw to roll back.`,
  TRANSACTION_FAILED: () =>
    'A statement of this transaction failed and its error was caught, so PostgreSQL rolled all of it back at commit. Let the error out, or guard the statement with a savepoint.',
  TRANSACTION_OVER: () =>
    'This transaction is over (committed, rolled back or timed out). Await all of its work inside its function.',
  TRANSACTION_TIMED_OUT: (ms: number) =>
    `The transaction took longer than ${ms} ms and was rolled back. Make it shorter, or give it a larger timeoutMs.`,
  WORKSPACE_ID_INVALID: (value: string) => `A workspace's id is a UUID, not ${value}.`,
} as const

export type DataProblem = keyof typeof problems

/** A misuse or failure of the data layer: a stable code, and a sentence that names the value and the way out. */
export class DataError extends Error {
  override readonly name = 'DataError'
  readonly code: DataProblem

  constructor(code: DataProblem, message: string) {
    super(message)
    this.code = code
  }
}

export function dataError<Code extends DataProblem>(
  code: Code,
  ...values: Parameters<(typeof problems)[Code]>
): DataError {
  const sentence = problems[code] as (...values: unknown[]) => string
  return new DataError(code, sentence(...values))
}
