import { type GraphQLSchema, parse, validate } from 'graphql'
import type { Told } from '../../told.ts'
import type { SchemaName } from './observation.ts'

/** An operation that shows what a plugin is for: GraphiQL opens it in one click. A test of the product runs them all. */
export interface ApiExample {
  /** What it answers: "Visitors and conversions, by channel". */
  readonly title: Told
  /** Where it is asked. Default: `public`. */
  readonly schema?: SchemaName
  /** One operation, laid out for people. It should answer in any workspace, so it names no ids. */
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
}

/** An example with its plugin. */
export interface PluginExample extends ApiExample {
  readonly plugin: string
  readonly pluginTitle: Told
  /** Unique among all: "tracking-1". */
  readonly key: string
}

/** A plugin, as far as examples go. */
interface ExamplesSource {
  readonly name: string
  readonly definition: { readonly examples?: readonly ApiExample[]; readonly words?: { readonly title: Told } }
}

/**
 * The examples of the plugins for one schema. One that asks for what is not there, because the plugin that brings it is switched off,
 * is left out.
 */
export function examplesFor(
  plugins: readonly ExamplesSource[],
  name: SchemaName,
  schema: GraphQLSchema,
): PluginExample[] {
  return plugins.flatMap(({ name: plugin, definition: { examples = [], words } }) =>
    examples
      .map((example, place) => ({
        ...example,
        plugin,
        pluginTitle: words?.title ?? { en: plugin, fr: plugin },
        key: `${plugin}-${place + 1}`,
      }))
      .filter((example) => (example.schema ?? 'public') === name && fits(schema, example.document)),
  )
}

function fits(schema: GraphQLSchema, document: string): boolean {
  try {
    return validate(schema, parse(document)).length === 0
  } catch {
    return false
  }
}
