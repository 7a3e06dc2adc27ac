import type { GraphQLSchema } from 'graphql'
import type { ReadDatamodel } from '../data/reads/readModel.ts'
import { StartError } from '../errors.ts'
import type { AnyPlugin } from '../plugin/definePlugin.ts'
import type { RecordAudit } from './auditing.ts'
import { type Builder, createBuilder } from './builder.ts'
import { assertDecisions } from './decisions.ts'
import { narrowReads } from './narrowReads.ts'
import { Ownership } from './ownership.ts'
import { subSchema } from './subSchema.ts'

export interface SchemasOptions {
  /** In the order in which they depend on one another; without those that are switched off. */
  plugins: readonly AnyPlugin[]
  /** What each plugin's `setup` returned, by its name. */
  services: ReadonlyMap<string, unknown>
  /** The kernel's own types: workspaces, members, jobs. */
  kernelTypes?: readonly ((builder: Builder) => void)[]
  /** Permissions of the kernel's own; plugins declare theirs. */
  kernelPermissions?: Iterable<string>
  /** `getDatamodel()` of the generated prisma/generated/pothos.ts. */
  datamodel: unknown
  /** Default: the audit trail. */
  recordAudit?: RecordAudit
}

export interface Schemas {
  /** Everything, for the admin app and trusted callers. */
  admin: GraphQLSchema
  /** What integrators may rely on. Empty of plugins' types until one says `subGraphs: both`. */
  public: GraphQLSchema
}

/**
 * Both schemas of a kernel, from one builder of its own.
 *
 * @throws StartError for a name that two plugins define, a field that nobody decided who may see, a
 * permission that nobody declares, or a public field whose type is not public
 */
export function buildSchemas(options: SchemasOptions): Schemas {
  const builder = createBuilder(options)
  const ownership = new Ownership(builder)
  for (const define of options.kernelTypes ?? []) define(builder)
  for (const { name, definition } of options.plugins) {
    ownership.as(name, () => {
      for (const define of definition.schema ?? [])
        saidPlainly(`Plugin "${name}"`, () => define(builder, options.services.get(name)))
    })
  }
  const full = saidPlainly('The plugins', () => builder.toSchema({ sortSchema: false }))
  assertDecisions(full, declaredPermissions(options))
  narrowReads(full, (options.datamodel as { datamodel: ReadDatamodel }).datamodel)
  return { admin: subSchema(full, 'admin', builder), public: subSchema(full, 'public', builder) }
}

/** Pothos' own errors, such as a type that was referred to and never defined, under a code of ours. */
function saidPlainly<Result>(who: string, build: () => Result): Result {
  try {
    return build()
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError('SCHEMA_INVALID', `${who}: the GraphQL types cannot be built. ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function declaredPermissions({ plugins, kernelPermissions = [] }: SchemasOptions): Set<string> {
  return new Set([
    ...kernelPermissions,
    ...plugins.flatMap(({ definition }) => Object.keys(definition.permissions ?? {})),
  ])
}
