/**
 * Every error that the kernel raises on purpose: a stable code, and a sentence that names the value and the
 * way out. The first list stops a start; the second travels to whoever asked (GraphQL, HTTP).
 */
const startProblems = {
  PLUGIN_NAME_INVALID: (name: string) =>
    `A plugin is named "${name}". Use lower-case words joined by hyphens, such as "landing-pages".`,
  PLUGIN_DUPLICATED: (name: string) =>
    `Two plugins are named "${name}". Remove one from the list of plugins, or rename it.`,
  PLUGIN_MISSING: (name: string, missing: string) =>
    `Plugin "${name}" requires "${missing}", which is not in the list of plugins or is switched off. Add "${missing}", or switch "${name}" off too.`,
  PLUGIN_CYCLE: (path: string) =>
    `Plugins require each other in a circle: ${path}. Move what they share into a third plugin that both require.`,
  PLUGIN_UNKNOWN: (name: string, known: string) =>
    `There is no plugin "${name}" to switch off. The plugins are: ${known}.`,
  PLUGIN_DEFECT: (name: string, part: string, problem: string) => `Plugin "${name}": its ${part} ${problem}`,
  PLUGIN_SETUP_FAILED: (name: string, problem: string) => `Plugin "${name}" failed in its setup: ${problem}`,
  PLUGIN_START_FAILED: (name: string, problem: string) => `Plugin "${name}" failed to start: ${problem}`,
  DEFINITION_DUPLICATED: (kind: string, name: string, first: string, second: string) =>
    `Plugins "${first}" and "${second}" both define the ${kind} "${name}". Prefix it with the plugin's name.`,
} as const

export type StartProblem = keyof typeof startProblems

/** A misconfiguration that stops the start with one line. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export function startError<Code extends StartProblem>(
  code: Code,
  ...values: Parameters<(typeof startProblems)[Code]>
): StartError {
  const sentence = startProblems[code] as (...values: string[]) => string
  return new StartError(code, sentence(...values))
}

/** One thing wrong with an input: where, what, and the value that was given. */
export interface InputIssue {
  /** Path to the field from the mutation's argument or the request's body: `input.variants.0.weight`. */
  path: string
  /** A stable code, such as `TOO_SMALL`. */
  code: string
  message: string
}

/** An error whose message may be shown to whoever asked. Everything else is masked in production. */
export abstract class RequestError extends Error {
  abstract readonly code: string
  /** HTTP status where it ends a request. */
  abstract readonly status: number

  /** What a GraphQL error carries beside the message. */
  get extensions(): Record<string, unknown> {
    return { code: this.code }
  }
}

/** Input that cannot be taken as it is. Nothing was written. */
export class InvalidInputError extends RequestError {
  override readonly name = 'InvalidInputError'
  readonly code = 'INVALID_INPUT'
  readonly status = 400
  readonly issues: readonly InputIssue[]

  constructor(issues: readonly InputIssue[]) {
    super(issues.map((issue) => `${issue.path}: ${issue.message}`).join(' '))
    this.issues = issues
  }

  static of(path: string, code: string, message: string): InvalidInputError {
    return new InvalidInputError([{ path, code, message }])
  }
}

/** What was asked for does not exist in this workspace, or no longer. */
export class NotFoundError extends RequestError {
  override readonly name = 'NotFoundError'
  readonly code = 'NOT_FOUND'
  readonly status = 404
  readonly resourceType: string
  readonly resourceId: string

  constructor(resourceType: string, resourceId: string) {
    super(`There is no ${resourceType} "${resourceId}" in this workspace. It may have been deleted.`)
    this.resourceType = resourceType
    this.resourceId = resourceId
  }
}

/** The request is sound, but the state of things does not allow it: a draft that runs, a taken slug. */
export class ConflictError extends RequestError {
  override readonly name = 'ConflictError'
  readonly code = 'CONFLICT'
  readonly status = 409
}

/** Nobody is signed in, or no workspace is chosen. */
export class UnauthenticatedError extends RequestError {
  override readonly name = 'UnauthenticatedError'
  readonly code = 'UNAUTHENTICATED'
  readonly status = 401
}

/** Signed in, but without the permission that this takes. */
export class ForbiddenError extends RequestError {
  override readonly name = 'ForbiddenError'
  readonly code = 'FORBIDDEN'
  readonly status = 403
}

/** Too many requests; try again after {@link retryAfterSeconds}. */
export class RateLimitedError extends RequestError {
  override readonly name = 'RateLimitedError'
  readonly code = 'RATE_LIMITED'
  readonly status = 429
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super(`Too many requests. Try again in ${retryAfterSeconds} s.`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}
