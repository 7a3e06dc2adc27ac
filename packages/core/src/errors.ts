import { asIs, joined, type Told } from './told.ts'

/**
 * Every error that the kernel raises on purpose: a stable code, and a sentence that names the value and the
 * way out. The first list stops a start; the second travels to whoever asked (GraphQL, HTTP).
 */
const startProblems = {
  INSTALLATION_MISSING: (file: string) =>
    `There is no ${file}, which would name the plugins. Make one, or set ESPALIER_CONFIG to where it is.`,
  INSTALLATION_INVALID: (file: string, problem: string) =>
    `${file} does not say which plugins run here: ${problem}. It exports defineInstallation({ plugins: ['<package or path>', …] }) as its default.`,
  PLUGIN_NOT_INSTALLED: (entry: string, file: string) =>
    `${file} names the plugin "${entry}", which is not installed there. Install it (npm install ${entry}), mend its name or path, or take it out of the list.`,
  PLUGIN_LISTED_TWICE: (file: string, entry: string, first: string) =>
    `${file} lists the plugin "${entry}" twice${entry === first ? '' : `, also as "${first}"`}. Take one out.`,
  PLUGIN_WITHOUT_EXPORT: (entry: string, folder: string) =>
    `The package of plugin "${entry}" in ${folder} exports no module that is there. Its package.json needs a "name" and "exports": { ".": "./src/index.ts" }, or the file that it was built to.`,
  PLUGIN_ADMIN_BROKEN: (entry: string, manifest: string) =>
    `${manifest} says that plugin "${entry}" adds to the web app ("./admin" in "exports"), but that file is not there. Mend the path, build the package, or take the line out.`,
  PLUGIN_UNLOADABLE: (entry: string, main: string, problem: string) =>
    `Plugin "${entry}" cannot be loaded from ${main}: ${problem}`,
  PLUGIN_INVALID: (entry: string, main: string, found: string) =>
    `The default export of ${main}, which plugin "${entry}" is loaded from, is ${found}. It must be what definePlugin({ … }) returns.`,
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
  PLUGIN_INCOMPATIBLE: (entry: string, peer: string, range: string, version: string) =>
    `Plugin "${entry}" works with ${peer} ${range}, and this is ${version}. Install a version of the plugin that is made for ${version}, run a version of Espalier that is in ${range}, or take the plugin out of the list.`,
  PLUGIN_MIGRATION_EDITED: (plugin: string, name: string) =>
    `Migration ${name} of plugin "${plugin}" was edited after it ran here. Undo the edit, and put the change into a new migration.`,
  PLUGIN_MIGRATION_FAILED: (plugin: string, name: string, problem: string) =>
    `Migration ${name} of plugin "${plugin}" failed and was rolled back: ${problem}`,
  PLUGIN_TABLE_OPEN: (plugin: string, name: string, gaps: string) =>
    `Migration ${name} of plugin "${plugin}" was rolled back, for workspaces would not be kept apart: ${gaps}. Each table needs "workspaceId" UUID NOT NULL DEFAULT current_workspace(), first in every key, unique index and foreign key, and SELECT protect_workspace_rows('"<table>"') in the same migration.`,
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

/** The error of a start that cannot go on, by its code. */
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
  message: Told
}

/**
 * An error whose sentence may be shown to whoever asked, in their language: `message` is the English one, which logs have.
 * Everything else is masked in production.
 */
export abstract class RequestError extends Error {
  abstract readonly code: string
  readonly told: Told

  constructor(told: Told, options?: ErrorOptions) {
    super(told.en, options)
    this.told = told
  }

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
    super(joined(issues.map(({ path, message }) => joined([asIs(path), message], ': '))))
    this.issues = issues
  }

  static of(path: string, code: string, message: Told): InvalidInputError {
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

  /** @param told another sentence than the usual one */
  constructor(resourceType: string, resourceId: string, told?: Told) {
    super(
      told ?? {
        en: `There is no ${resourceType} "${resourceId}" in this workspace. It may have been deleted.`,
        fr: `Il n’y a pas de ${resourceType} « ${resourceId} » dans cet espace. L’élément a peut-être été supprimé.`,
      },
    )
    this.resourceType = resourceType
    this.resourceId = resourceId
  }
}

/** The request is sound, but the state of things does not allow it: a draft that runs, a taken slug. */
export class ConflictError extends RequestError {
  override readonly name = 'ConflictError'
  readonly code = 'CONFLICT'
  readonly status = 409
  /** What was saved meanwhile, where that is the reason. */
  readonly saved: LastSave | null = null
}

/** Who saved something last, and what came of it. */
export interface LastSave {
  /** Their name at the time; null where it is not known. */
  readonly by: string | null
  readonly at: Date | null
  /** How often it has been saved by now. */
  readonly version: number
}

/** Somebody has saved the thing since the caller read it. */
export class SavedMeanwhileError extends ConflictError {
  override readonly saved: LastSave

  /** @param what as sentences name it: `page "Spring offer"` */
  constructor({ what, version }: { what: string; version: number }, expected: number, last: Omit<LastSave, 'version'>) {
    const when = last.at === null ? '' : ` at ${last.at.toISOString()}`
    const whenFr = last.at === null ? '' : ` le ${last.at.toISOString()}`
    super({
      en: `${last.by === null ? 'Somebody' : `"${last.by}"`} saved the ${what} meanwhile${when}: it is at version ${version}, and you changed version ${expected}. Read it again, and bring your changes in.`,
      fr: `${last.by === null ? 'Quelqu’un' : `« ${last.by} »`} a enregistré entre-temps${whenFr} (${what}) : la version est ${version}, et vous avez modifié la version ${expected}. Relisez, puis reportez vos changements.`,
    })
    this.saved = { ...last, version }
  }
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
    super({
      en: `Too many requests. Try again in ${retryAfterSeconds} s.`,
      fr: `Trop de requêtes. Réessayez dans ${retryAfterSeconds} s.`,
    })
    this.retryAfterSeconds = retryAfterSeconds
  }
}
