/** An error as the API sends it. */
export interface ApiError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: { readonly code?: string; readonly traceId?: string; readonly [key: string]: unknown }
}

export interface FailedOperation {
  /** Who asked: "a viewer". */
  readonly who: string
  readonly document: string
  readonly variables: unknown
  readonly errors: readonly ApiError[]
  /** Of what was thrown in the server, where that is known. */
  readonly stack?: string | undefined
}

/**
 * An operation that the API answered with errors. Its message says who asked what, every error with its path, and for what nobody
 * intended the stack of the server.
 */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  /** Of the first error: "FORBIDDEN". */
  readonly code: string
  readonly errors: readonly ApiError[]
  readonly traceId: string | undefined

  constructor(operation: FailedOperation) {
    super(describe(operation))
    this.errors = operation.errors
    this.code = operation.errors[0]?.extensions?.code ?? 'UNKNOWN'
    this.traceId = operation.errors[0]?.extensions?.traceId
  }
}

/** A mutation that did otherwise than the test said: refused, or carried out. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  /** Of the mutation's error: "CONFLICT". Undefined where it succeeded. */
  readonly code: string | undefined
  readonly answer: unknown

  constructor(problem: string, operation: Omit<FailedOperation, 'errors' | 'stack'>, answer: unknown) {
    super(`${problem}\n\n${indented(JSON.stringify(answer, null, 2) ?? 'null')}\n\n${asked(operation)}`)
    this.answer = answer
    const { code } = (answer ?? {}) as { code?: unknown }
    this.code = typeof code === 'string' ? code : undefined
  }
}

function describe(operation: FailedOperation): string {
  const errors = operation.errors.map(({ message, path, extensions }) =>
    [`${extensions?.code ?? 'ERROR'}: ${message}`, path && `at ${path.join('.')}`, traced(extensions?.traceId)]
      .filter(Boolean)
      .join('\n  '),
  )
  return [errors.join('\n'), operation.stack && `In the server:\n${indented(operation.stack)}`, asked(operation)]
    .filter(Boolean)
    .join('\n\n')
}

function asked({ who, document, variables }: Pick<FailedOperation, 'who' | 'document' | 'variables'>): string {
  const given = variables === undefined ? '' : `\n  with ${JSON.stringify(variables)}`
  return `Asked by ${who}:\n${indented(document.trim())}${given}`
}

const traced = (traceId: string | undefined) => traceId && `trace ${traceId}`
const indented = (text: string) => text.replaceAll(/^/gm, '  ')
