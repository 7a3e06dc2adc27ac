import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import ErrorsPlugin from '@pothos/plugin-errors'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import SubGraphPlugin from '@pothos/plugin-sub-graph'
import ValidationPlugin from '@pothos/plugin-validation'
import type { PrismaTypes } from '../data/prismaTypes.ts'
import { type RecordAudit, recordMutation } from './auditing.ts'
import { authorization, type Scopes } from './authorization.ts'
import { complexity } from './complexity.ts'
import { errorUnions, typedErrors } from './errorTypes.ts'
import type { GraphQLContext } from './graphqlContext.ts'
import kernelEdge, { kernelCore } from './kernelPlugin.ts'
import { addMoney, type Money } from './money.ts'
import { relay } from './relay.ts'
import { modelsOf } from './rowsElsewhere.ts'
import { addScalars, type Scalars } from './scalars.ts'
import { subGraphDefaults } from './subGraphs.ts'
import { invalidInput } from './validation.ts'
// Once more for what they add to Pothos's types: imported by name alone, they would be left out of the declarations.
import '@pothos/plugin-complexity'
import '@pothos/plugin-dataloader'
import '@pothos/plugin-errors'
import '@pothos/plugin-prisma'
import '@pothos/plugin-relay'
import '@pothos/plugin-scope-auth'
import '@pothos/plugin-sub-graph'
import '@pothos/plugin-validation'
import './kernelPlugin.ts'

export type { GraphQLContext, RequestFacts } from './graphqlContext.ts'

/** What the kernel's builder knows about types. */
export type KernelSchemaTypes = {
  Context: GraphQLContext
  PrismaTypes: PrismaTypes
  Scalars: Scalars
  Objects: { Money: Money }
  Inputs: { MoneyInput: Money }
  AuthScopes: Scopes
  DefaultAuthStrategy: 'all'
  SubGraphs: SubGraph
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  DefaultNodeNullability: false
}

/** `admin` serves /graphql, `public` serves /graphql/public. */
export type SubGraph = 'admin' | 'public'

/** Pothos' view of {@link KernelSchemaTypes}; for helpers that take field builders or refs. */
export type BuilderTypes = PothosSchemaTypes.ExtendDefaultTypes<KernelSchemaTypes>

/**
 * The builder that every plugin's schema functions get: Pothos with the Prisma, relay, scope-auth, errors,
 * validation, sub-graph, dataloader and complexity plugins, and the kernel's own rules on top.
 */
export type Builder = PothosSchemaTypes.SchemaBuilder<BuilderTypes>

export interface BuilderOptions {
  /** `getDatamodel()` of the generated prisma/generated/pothos.ts. */
  datamodel: unknown
  /** Writes a mutation to the audit trail, inside its transaction. Default: {@link recordMutation}. */
  recordAudit?: RecordAudit
}

/** A builder of its own: two kernels in one process share nothing. */
export function createBuilder(options: BuilderOptions): Builder {
  const builder: Builder = new SchemaBuilder<KernelSchemaTypes>({
    // A resolver is wrapped from the last to the first, so a call passes them in this order: typed errors
    // catch refusals, a refusal comes before anything is read, and the transaction is innermost.
    plugins: [
      kernelEdge,
      ErrorsPlugin,
      ScopeAuthPlugin,
      ValidationPlugin,
      RelayPlugin,
      PrismaPlugin,
      DataloaderPlugin,
      ComplexityPlugin,
      SubGraphPlugin,
      kernelCore,
    ],
    defaultFieldNullability: false,
    kernel: { recordAudit: options.recordAudit ?? recordMutation },
    scopeAuth: authorization,
    errors: errorUnions,
    validation: { validationError: invalidInput },
    relay,
    prisma: {
      client: (context) => modelsOf(builder, context) as never,
      dmmf: options.datamodel as never,
      exposeDescriptions: false,
      filterConnectionTotalCount: true,
      onUnusedQuery: null,
    },
    complexity,
    subGraphs: subGraphDefaults,
  })
  addScalars(builder)
  addMoney(builder)
  typedErrors(builder)
  builder.queryType({ description: 'What can be read.' })
  builder.mutationType({ description: 'What can be changed. Every field answers with its data or with a typed error.' })
  builder.subscriptionType({ description: 'What can be watched, over WebSocket or server-sent events.' })
  // `node` and `nodes` are there before the first type has an id.
  builder.nodeInterfaceRef()
  return builder
}
