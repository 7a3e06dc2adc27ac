import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  PothosValidationError,
  type SchemaTypes,
  type TypeParam,
  unwrapOutputFieldType,
} from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import { InvalidInputError } from '../errors.ts'
import { asIs } from '../told.ts'
import type { RecordAudit } from './auditing.ts'
import type { SubGraph } from './builder.ts'
import { decisionOf, withoutPublic } from './decisions.ts'
import type { GraphQLContext } from './graphqlContext.ts'
import { mutationUnion, runMutation } from './mutations.ts'
import { withSharedPath } from './sharedPaths.ts'
import { both } from './subGraphs.ts'
import { refuseUnstorable } from './unstorableText.ts'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      kernelEdge: KernelEdge<Types>
      kernel: KernelCore<Types>
    }
    export interface SchemaBuilderOptions<Types extends SchemaTypes> {
      kernel?: { recordAudit: RecordAudit }
    }
    export interface MutationFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      /**
       * `false` for the few mutations that belong to no workspace, such as making one: no transaction is
       * opened and no audit entry written; the resolver sees to both.
       */
      workspace?: false
    }
  }
}

type Resolve = GraphQLFieldResolver<unknown, object, object>
type ArgMappers = PothosOutputFieldConfig<SchemaTypes>['argMappers']

/**
 * The outermost of the plugins. Takes the checks of a mutation's arguments out of Pothos' hands, which
 * would run them before the permission is checked, and turns Pothos' own complaints into ours.
 */
class KernelEdge<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (config.kind !== 'Mutation' || config.argMappers.length === 0) return config
    return { ...config, argMappers: [], extensions: { ...config.extensions, espalierArgMappers: config.argMappers } }
  }

  override wrapResolve(resolve: Resolve, config: PothosOutputFieldConfig<Types>): Resolve {
    const named = unwrapOutputFieldType(config.type)
    const { graphqlKind } = this.buildCache.getTypeConfig(named)
    return graphqlKind === 'Scalar' || graphqlKind === 'Enum' ? resolve : withSharedPath(resolve)
  }

  override wrapArgMappers(resolve: Resolve | undefined, config: PothosOutputFieldConfig<Types>): Resolve | undefined {
    if (!resolve || config.argMappers.length === 0) return resolve
    return (parent, args, context, info) => {
      try {
        return resolve(parent, args, context, info)
      } catch (error) {
        throw asInputError(error)
      }
    }
  }
}

/** The innermost of the plugins: sees every definition first, and every mutation last. */
class KernelCore<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    const options = config.pothosOptions as {
      subGraphs?: SubGraph[]
      defaultSubGraphsForFields?: SubGraph[]
      authScopes?: object
    }
    const decision = decisionOf(options.authScopes)
    return {
      ...config,
      pothosOptions: { ...withoutPublic(options), ...subGraphsOf(config.kind, options) },
      extensions: { ...config.extensions, ...(decision && { espalierDecision: decision }) },
    } as PothosTypeConfig
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const decision = decisionOf(config.pothosOptions.authScopes)
    const pothosOptions = withoutPublic(config.pothosOptions)
    return {
      ...config,
      pothosOptions: config.kind === 'Mutation' ? mutationUnion(config.name, pothosOptions) : pothosOptions,
      extensions: {
        ...config.extensions,
        ...(decision && { espalierDecision: decision }),
        ...(config.kind === 'Mutation' && {
          espalierMutation: true,
          espalierOutsideWorkspace: config.pothosOptions.workspace === false,
        }),
      },
    } as PothosOutputFieldConfig<Types>
  }

  override wrapSubscribe(subscribe: Resolve | undefined, config: PothosOutputFieldConfig<Types>): Resolve | undefined {
    return subscribe && takesText(config) ? storable(subscribe) : subscribe
  }

  override wrapResolve(resolve: Resolve, config: PothosOutputFieldConfig<Types>): Resolve {
    if (config.kind !== 'Mutation') return takesText(config) ? storable(resolve) : resolve
    const mappers = (config.extensions?.espalierArgMappers ?? []) as ArgMappers
    const { workspace } = config.pothosOptions as { workspace?: false }
    const recordAudit = this.builder.options.kernel?.recordAudit
    return async (parent, args, context, info) => {
      refuseUnstorable(args)
      const checked = await mapArguments(mappers, args, context, info)
      const run = (inner: object) => resolve(parent, checked, inner, info)
      if (workspace === false) return run(context)
      return runMutation(context as GraphQLContext, info.fieldName, run, recordAudit)
    }
  }
}

function takesText({ args }: { args: object }): boolean {
  return Object.keys(args).length > 0
}

function storable(resolve: Resolve): Resolve {
  return (parent, args, context, info) => {
    refuseUnstorable(args)
    return resolve(parent, args, context, info)
  }
}

async function mapArguments(
  mappers: ArgMappers,
  args: object,
  context: object,
  info: Parameters<Resolve>[3],
): Promise<object> {
  let mapped = args
  try {
    for (const mapper of mappers) mapped = (await mapper(mapped as Record<string, unknown>, context, info)) as object
  } catch (error) {
    throw asInputError(error)
  }
  return mapped
}

/** Inputs, enums and scalars show what refers to them, no more: they are wherever they are needed. */
function subGraphsOf(kind: PothosTypeConfig['kind'], options: { subGraphs?: SubGraph[] }) {
  switch (kind) {
    case 'Query':
    case 'Mutation':
    case 'Subscription':
      return { subGraphs: both, defaultSubGraphsForFields: ['admin'] }
    case 'InputObject':
    case 'Enum':
    case 'Scalar':
      return { subGraphs: options.subGraphs ?? both }
    default:
      return {}
  }
}

/** Pothos' own complaints about arguments, such as the id of another type, are the caller's mistake. */
function asInputError(error: unknown): unknown {
  return error instanceof PothosValidationError
    ? InvalidInputError.of('id', 'INVALID_ID', asIs(`${error.message}.`))
    : error
}

SchemaBuilder.registerPlugin('kernelEdge', KernelEdge)
SchemaBuilder.registerPlugin('kernel', KernelCore)

export default 'kernelEdge' as const
export const kernelCore = 'kernel' as const
