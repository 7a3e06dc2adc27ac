import type { ComponentType } from 'react'
import type { Words } from '../language/language.tsx'

/** A page of the app: where it lives, what of its state is in the address, who may see it, and how it is loaded. */
export interface Page<Path extends string = string, Search extends object = object> {
  readonly path: Path
  readonly title: Words
  readonly permission: string | undefined
  /** Reads the state out of the address. What is missing or wrong there becomes the default. */
  readonly readSearch: (raw: unknown) => Search
  readonly load: () => Promise<{ default: ComponentType }>
}

/** The parameters of a path: "pages/$id/history/$revision" has `id` and `revision`. */
export type PathParams<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? PathParams<Head> & PathParams<Rest>
  : Path extends `$${infer Name}`
    ? { readonly [key in Name]: string }
    : unknown

/**
 * Defines a page.
 *
 * @param definition.path below /admin/, without a slash at its start; `$id` stands for a parameter
 * @param definition.title what it is called in the palette, and where it is withheld
 * @param definition.permission who lacks it is told so instead of being shown the page. Default: every member may
 * @param definition.search a valibot object, or one of another library of the Standard Schema; every key has a default
 *   (`v.fallback`) or is optional, so that any address opens
 * @param definition.load brings the component, when somebody goes there
 */
export function page<const Path extends string, Schema extends SearchSchema = SearchSchema>(definition: {
  path: Path
  title: Words
  permission?: string
  search?: Schema
  load: () => Promise<{ default: ComponentType }>
}): Page<Path, StateOf<Schema>> {
  const { path, title, permission, search, load } = definition
  return {
    path,
    title,
    permission,
    load,
    readSearch: (raw) => (search === undefined ? {} : readSearch(search, raw)) as StateOf<Schema>,
  }
}

/** What reads the state of a page, as https://standardschema.dev describes it. */
export interface SearchSchema<State extends object = object> {
  readonly '~standard': {
    readonly validate: (
      value: unknown,
    ) =>
      | { readonly value: State; readonly issues?: undefined }
      | { readonly issues: readonly unknown[] }
      | Promise<unknown>
    readonly types?: { readonly output: State } | undefined
  }
}

/** What a schema of an address reads out of it. */
export type StateOf<Schema extends SearchSchema> = NonNullable<Schema['~standard']['types']>['output']

function readSearch(schema: SearchSchema, raw: unknown): object {
  // A key without a default of its own is wrong: everything begins with the defaults.
  return accepted(schema, raw) ?? accepted(schema, {}) ?? {}
}

function accepted(schema: SearchSchema, raw: unknown): object | undefined {
  const read = schema['~standard'].validate(raw)
  return 'value' in read && !read.issues ? read.value : undefined
}
