import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type pg from 'pg'
import type { Statement } from '../sql.ts'
import { readCatalog } from './catalog.ts'
import { type ReadDatamodel, type ReadModel, readModels } from './readModel.ts'
import { rowReader } from './readRows.ts'
import { countSql, type ReadArgs, readSql } from './readSql.ts'
import { shapeOf, withPlaceholders } from './shape.ts'
import { Bindings, isUnsupported, unsupported } from './values.ts'

/** Runs a statement in a workspace. */
type RunStatement = (statement: Statement) => Promise<pg.QueryResult>

/**
 * Reads of Prisma's as one statement of SQL, whatever they include: the same arguments, the same objects, at a tenth of the CPU. What
 * this cannot say is left to Prisma; a test reads at random in both ways and compares.
 *
 * The statement is written once for each shape of a call and kept; from its third use on connections have it prepared. PostgreSQL
 * builds the rows, relations within them, as JSON, and what leaves it has passed every policy, as with any other statement.
 */
export class Reads {
  readonly #pool: Pick<pg.Pool, 'query'>
  readonly #datamodel: ReadDatamodel
  readonly #plans = new LRUCache<string, Plan | 'unsupported'>({ max: 2_000 })
  #models: ReadonlyMap<string, ReadModel> | undefined
  #loading: Promise<void> | undefined
  #prepared = 0

  /** @param pool of a role that may read the catalog, which every role may */
  constructor(pool: Pick<pg.Pool, 'query'>, datamodel: ReadDatamodel) {
    this.#pool = pool
    this.#datamodel = datamodel
  }

  /** Learns what tables there are. Until then everything is left to Prisma. */
  ready(): Promise<void> {
    this.#loading ??= readCatalog(this.#pool).then(
      (catalog) => {
        this.#models = readModels(this.#datamodel, catalog)
      },
      () => {
        // Prisma will say what is wrong with the database. The next read tries again.
        this.#loading = undefined
      },
    )
    return this.#loading
  }

  /**
   * @param delegate Prisma's name for a model's calls, such as `pageVariant`
   * @returns undefined for what is left to Prisma; nothing was asked of the database then
   */
  read(delegate: string, operation: string, args: unknown): ((run: RunStatement) => Promise<unknown>) | undefined {
    if (!isRead(operation)) return undefined
    if (!this.#models) {
      void this.ready()
      return undefined
    }
    const shape = shapeOf(args ?? {})
    const plan = shape && this.#plan(delegate, operation, shape.key, args ?? {})
    if (!plan) return undefined
    const statement = this.#statement(plan, (shape as { values: readonly unknown[] }).values)
    return statement && (async (run) => plan.result((await run(statement)).rows[0].r))
  }

  #plan(delegate: string, operation: ReadOperation, shape: string, args: unknown): Plan | undefined {
    const key = `${delegate} ${operation} ${shape}`
    let plan = this.#plans.get(key)
    if (!plan) {
      plan = this.#write(delegate, operation, args) ?? 'unsupported'
      this.#plans.set(key, plan)
    }
    return plan === 'unsupported' ? undefined : plan
  }

  #write(delegate: string, operation: ReadOperation, args: unknown): Plan | undefined {
    const models = this.#models as ReadonlyMap<string, ReadModel>
    const model = models.get(delegate.charAt(0).toUpperCase() + delegate.slice(1))
    if (!model) return undefined
    try {
      return planOf(models, model, operation, withPlaceholders(args) as ReadArgs)
    } catch (error) {
      if (isUnsupported(error)) return undefined
      throw error
    }
  }

  /** @returns undefined for values that Prisma would refuse */
  #statement(plan: Plan, values: readonly unknown[]): Statement | undefined {
    plan.uses += 1
    // Connections keep what they have prepared: what comes again, and so many at most.
    if (!plan.name && plan.uses > 2 && this.#prepared < mostPrepared) {
      this.#prepared += 1
      plan.name = `read_${createHash('sha1').update(plan.text).digest('base64url')}`
    }
    try {
      return { ...(plan.name && { name: plan.name }), text: plan.text, values: plan.encode(values) }
    } catch (error) {
      if (isUnsupported(error)) return undefined
      throw error
    }
  }
}

const mostPrepared = 500

type ReadOperation = (typeof readOperations extends ReadonlySet<infer Name> ? Name : never) & string
const readOperations = new Set(['findMany', 'findFirst', 'findUnique', 'count'] as const)

function isRead(operation: string): operation is ReadOperation {
  return readOperations.has(operation as ReadOperation)
}

/** How calls of one shape are answered. */
interface Plan {
  readonly text: string
  readonly encode: (values: readonly unknown[]) => unknown[]
  readonly result: (answered: unknown) => unknown
  name?: string
  uses: number
}

function planOf(
  models: ReadonlyMap<string, ReadModel>,
  model: ReadModel,
  operation: ReadOperation,
  args: ReadArgs,
): Plan {
  const bindings = new Bindings()
  if (operation === 'count') {
    const text = `select (${countSql(models, model, args, bindings)}) r`
    return { text, encode: bindings.encode, result: (count) => count, uses: 0 }
  }
  // Prisma takes the first of so many, which may be none.
  if (operation !== 'findMany' && args.take != null) throw unsupported()
  const { text, row } = readSql(models, model, args, bindings)
  const read = rowReader(row)
  if (operation === 'findMany')
    return {
      text: `select json_agg(j) r from (${text}) t`,
      encode: bindings.encode,
      result: (rows) => ((rows ?? []) as unknown[][]).map(read),
      uses: 0,
    }
  // OFFSET and LIMIT may come in either order.
  return {
    text: `select (${text} limit 1) r`,
    encode: bindings.encode,
    result: (found) => (found === null ? null : read(found as unknown[])),
    uses: 0,
  }
}
