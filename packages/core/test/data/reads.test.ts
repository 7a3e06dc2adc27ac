import { getDatamodel, PrismaClient } from '@espalier/prisma'
import fc from 'fast-check'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database } from '../../src/data/database.ts'
import type { PrismaClientClass } from '../../src/data/prismaTypes.ts'
import { readCatalog } from '../../src/data/reads/catalog.ts'
import { type ReadColumn, type ReadDatamodel, type ReadModel, readModels } from '../../src/data/reads/readModel.ts'
import { Reads } from '../../src/data/reads/reads.ts'
import { sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'

const { datamodel } = getDatamodel() as unknown as { datamodel: ReadDatamodel }
const { db: prismaAlone, urls, createWorkspace } = await testDatabase({ datamodel: undefined })
const bySql = new Database({
  appUrl: urls.app,
  systemUrl: urls.system,
  prisma: PrismaClient as unknown as PrismaClientClass,
  datamodel,
  poolSize: 4,
})
const plain = new pg.Pool({ connectionString: urls.app, max: 1 })
afterAll(() => Promise.all([bySql.close(), plain.end()]))

type Delegate = Record<'findMany' | 'findFirst' | 'findUnique' | 'count', (args: object) => Promise<unknown>>
const delegateOf = (db: Database, model: string) =>
  (db.workspace(ours).prisma as unknown as Record<string, Delegate>)[lower(model)] as Delegate
const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

let ours: string
let models: ReadonlyMap<string, ReadModel>
/** Values that stand in the tables, by model and column: conditions on others would find nothing. */
const known = new Map<string, Map<string, unknown[]>>()
const asked = ['Page', 'PageVariant', 'PageRevision', 'PageLoop', 'AiCall']

beforeAll(async () => {
  await bySql.ready()
  models = readModels(datamodel, await readCatalog(plain))
  ours = await createWorkspace('ours')
  await fill(ours)
  await fill(await createWorkspace('theirs'))
  for (const model of asked) {
    const rows = (await delegateOf(prismaAlone, model).findMany({})) as Record<string, unknown>[]
    const columns = (models.get(model) as ReadModel).columns
    known.set(model, new Map([...columns.keys()].map((name) => [name, rows.map((row) => row[name])])))
  }
})

test('reads at random answer as Prisma does, without asking it', async () => {
  const reads = new Reads(plain, datamodel)
  await reads.ready()
  let written = 0
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...asked), fc.gen(), async (model, gen) => {
      const choose = <Item>(items: readonly Item[]): Item => gen(() => fc.constantFrom(...items)) as Item
      const many = new Asker(choose).findMany(models.get(model) as ReadModel, 2)
      for (const operation of ['findMany', 'findFirst'] as const) {
        const args = operation === 'findMany' ? many : { ...many, take: undefined }
        const [ours, theirs] = await Promise.all([
          delegateOf(bySql, model)[operation](args),
          delegateOf(prismaAlone, model)[operation](args),
        ])
        expect(ours).toEqual(theirs)
        if (reads.read(lower(model), operation, args)) written += 1
      }
      const { where } = many as { where?: object }
      const counted = where ? { where } : {}
      expect(await delegateOf(bySql, model).count(counted)).toBe(await delegateOf(prismaAlone, model).count(counted))
    }),
    { numRuns: 80, endOnFailure: true },
  )
  // Nearly all that is asked here can be said in SQL.
  expect(written).toBeGreaterThan(140)
}, 120_000)

describe('what is left to Prisma, or told by it', () => {
  const bothSay = async (model: string, operation: keyof Delegate, args: object) => {
    const told = (db: Database) =>
      delegateOf(db, model)
        [operation](args)
        .catch((error: Error & { code?: string }) => ({ name: error.name, code: error.code }))
    const [ours, theirs] = [await told(bySql), await told(prismaAlone)]
    expect(ours).toEqual(theirs)
    return ours
  }

  test('a value that its column cannot hold is refused in the same words', async () => {
    await bothSay('Page', 'findFirst', { where: { id: 'no uuid' } })
    await bothSay('Page', 'findFirst', { where: { version: 1.5 } })
    await bothSay('Page', 'findMany', { where: { nothing: 1 } })
    await bothSay('Page', 'findMany', { where: { status: 'unheard of' } })
  })

  test('the last of a list, distinct rows and cursors', async () => {
    const [first] = (await delegateOf(bySql, 'Page').findMany({ orderBy: { id: 'asc' } })) as { id: string }[]
    expect(await bothSay('Page', 'findMany', { orderBy: { id: 'asc' }, take: -2 })).toHaveLength(2)
    await bothSay('Page', 'findMany', { orderBy: { id: 'asc' }, distinct: ['status'] })
    const cursor = { workspaceId_id: { workspaceId: ours, id: first?.id } }
    await bothSay('Page', 'findMany', { orderBy: { id: 'asc' }, cursor, take: 3 })
  })

  test('what is denied of one that a row belongs to, and unknown', async () => {
    const publishedAt = known.get('Page')?.get('publishedAt')?.find(Boolean)
    await bothSay('PageVariant', 'findMany', { where: { NOT: { page: { publishedAt: { not: publishedAt } } } } })
  })

  test('one row by its key, and none', async () => {
    const [page] = (await delegateOf(bySql, 'Page').findMany({})) as { id: string }[]
    const of = (id: unknown) => ({ where: { workspaceId_id: { workspaceId: ours, id } } })
    expect(await bothSay('Page', 'findUnique', of(page?.id))).toEqual(page)
    expect(await bothSay('Page', 'findUnique', of(uuidv7()))).toBe(null)
    await expect(bySql.workspace(ours).prisma.page.findUniqueOrThrow(of(uuidv7()) as never)).rejects.toMatchObject({
      code: 'P2025',
    })
  })
})

test('a read inside of a transaction sees what it has written, and a failed one fails it', async () => {
  const workspace = bySql.workspace(ours)
  const title = await workspace.transaction(async ({ prisma }) => {
    const page = await prisma.page.findFirstOrThrow({ orderBy: { id: 'asc' } })
    await prisma.page.updateMany({ where: { id: page.id }, data: { title: 'Written just now' } })
    return (await prisma.page.findFirstOrThrow({ where: { id: page.id } })).title
  })
  expect(title).toBe('Written just now')
  await expect(
    workspace.transaction(async ({ prisma }) => {
      await prisma.page.findFirst({ where: { id: 'no uuid' } }).catch(() => {})
      return prisma.page.findFirst()
    }),
  ).rejects.toThrow()
})

test('another workspace is not there, by whatever is asked for', async () => {
  const stranger = bySql.workspace(await createWorkspace('strangers')).prisma
  const [page] = (await delegateOf(bySql, 'Page').findMany({})) as { id: string }[]
  expect(await stranger.page.findMany({ where: { workspaceId: ours }, include: { variants: true } })).toEqual([])
  expect(
    await stranger.page.findUnique({ where: { workspaceId_id: { workspaceId: ours, id: page?.id as string } } }),
  ).toBe(null)
  expect(await stranger.page.count()).toBe(0)
})

test('look-ups of one tick are asked together, and answered each', async () => {
  const pages = (await delegateOf(bySql, 'Page').findMany({})) as { id: string }[]
  const found = await Promise.all(
    pages.map(({ id }) =>
      delegateOf(bySql, 'Page').findUnique({ where: { workspaceId_id: { workspaceId: ours, id } } }),
    ),
  )
  expect(found).toEqual(pages)
})

/** Asks at random: what Prisma can be asked for, and SQL can say. */
class Asker {
  readonly #choose: <Item>(items: readonly Item[]) => Item

  constructor(choose: <Item>(items: readonly Item[]) => Item) {
    this.#choose = choose
  }

  findMany(model: ReadModel, depth: number): object {
    return {
      ...this.#selection(model, depth),
      ...(this.#often() && { where: this.#conditions(model, 2) }),
      orderBy: this.#order(model),
      ...(this.#often() && { take: this.#choose([0, 1, 3, 21, 100]) }),
      ...(!this.#often() && { skip: this.#choose([0, 1, 2]) }),
    }
  }

  #order(model: ReadModel): object[] {
    const sortable = [...model.columns.values()].filter(
      ({ kind, list }) => !list && kind !== 'json' && kind !== 'bytes',
    )
    const { name } = this.#choose(sortable)
    const direction = this.#choose(['asc', 'desc'])
    const last = [...model.uniqueKeys.values()][0] as readonly string[]
    return [{ [name]: direction }, ...last.filter((key) => key !== name).map((key) => ({ [key]: direction }))]
  }

  #selection(model: ReadModel, depth: number): object {
    const relations = Object.fromEntries(
      [...model.relations]
        .filter(([, relation]) => asked.includes(relation.model) && depth > 0 && this.#often())
        .map(([name, relation]) => {
          const target = models.get(relation.model) as ReadModel
          return [name, relation.list ? this.findMany(target, depth - 1) : this.#oneOf(target, depth - 1)]
        }),
    )
    const lists = [...model.relations].filter(([, { list, model: other }]) => list && asked.includes(other))
    if (lists.length > 0 && !this.#often()) {
      const [name, relation] = this.#choose(lists)
      const where = this.#conditions(models.get(relation.model) as ReadModel, 1)
      Object.assign(relations, { _count: { select: { [name]: this.#choose([true, { where }]) } } })
    }
    if (this.#often()) return Object.keys(relations).length > 0 ? { include: relations } : {}
    const columns = [...model.columns.keys()].filter(() => this.#often())
    return {
      select: {
        ...(model.columns.has('id') && { id: true }),
        workspaceId: true,
        ...Object.fromEntries(columns.map((name) => [name, true])),
        ...relations,
      },
    }
  }

  #oneOf(model: ReadModel, depth: number): object | true {
    const selection = this.#selection(model, depth)
    return Object.keys(selection).length > 0 ? selection : true
  }

  #conditions(model: ReadModel, depth: number): object {
    const one = (): object => {
      const kind = this.#choose(['column', 'column', 'column', 'relation', 'AND', 'OR', 'NOT'])
      if (depth > 0 && kind === 'NOT') {
        const denied = Object.entries(this.#conditions(model, depth - 1)).filter(
          ([, condition]) => condition !== undefined,
        )
        return denied.length > 0 ? { NOT: Object.fromEntries(denied.slice(0, 1)) } : {}
      }
      if (depth > 0 && (kind === 'AND' || kind === 'OR'))
        return { [kind]: Array.from({ length: this.#choose([1, 2]) }, () => this.#conditions(model, depth - 1)) }
      const relations = [...model.relations].filter(([, { model: other }]) => asked.includes(other))
      if (depth > 0 && kind === 'relation' && relations.length > 0) {
        const [name, { list, model: other }] = this.#choose(relations)
        const inner = this.#conditions(models.get(other) as ReadModel, depth - 1)
        return { [name]: list ? { [this.#choose(['some', 'none'])]: inner } : this.#choose([inner, { is: inner }]) }
      }
      return this.#comparison(model)
    }
    const conditions = Object.assign({}, ...Array.from({ length: this.#choose([1, 1, 2]) }, one)) as object
    // What says nothing is left to Prisma.
    return Object.values(conditions).some((each) => each !== undefined) ? conditions : { workspaceId: ours }
  }

  #comparison(model: ReadModel): object {
    const comparable = [...model.columns.values()].filter(
      ({ kind, list }) => !list && !['json', 'bytes', 'day'].includes(kind),
    )
    const column = this.#choose(comparable)
    const values = known.get(model.table)?.get(column.name) ?? []
    const value = values.length > 0 ? this.#choose(values) : null
    return { [column.name]: this.#compared(column, value, values) }
  }

  #compared(column: ReadColumn, value: unknown, values: readonly unknown[]): unknown {
    if (value === null)
      return column.name.endsWith('Id') || column.name === 'publishedAt'
        ? this.#choose([null, { not: null }])
        : undefined
    const some = values.filter((each) => each !== null).slice(0, this.#choose([0, 1, 5]))
    // Dates in a list are left to Prisma.
    const lists = column.kind === 'instant' ? [] : [{ in: some }, { notIn: some }]
    const plain = [value, { equals: value }, { not: value }, ...lists]
    if (column.kind === 'text' && column.type === 'text') {
      const text = String(value)
      const part = text.slice(1, 4)
      const escaped = part.replace(/[\\%_]/g, '\\$&')
      const mode = this.#choose([undefined, 'insensitive', 'default'] as const)
      return this.#choose([
        ...plain,
        { contains: escaped, mode },
        { startsWith: text.slice(0, 2), mode },
        { endsWith: text.slice(-2), mode },
        { contains: '_', mode },
      ])
    }
    if (column.kind === 'text' || column.kind === 'boolean')
      return this.#choose(plain.filter((each) => column.kind !== 'boolean' || !lists.includes(each as never)))
    return this.#choose([...plain, { gte: value }, { lt: value }, { gt: value, lte: value }])
  }

  #often(): boolean {
    return this.#choose([true, true, false])
  }
}

/** A workspace with a bit of everything: nulls, letters that mean something to LIKE, JSON of every kind, the edges of numbers. */
async function fill(workspaceId: string): Promise<void> {
  const { query, prisma } = prismaAlone.workspace(workspaceId)
  const titles = ['Aa', 'aA_b', '100 %', 'back\\slash', "quo'te", 'Ünïcode 🌿', '']
  const contents = [{}, [], null, 'text', 1.5, { deep: [{ id: 'x', n: null }] }, { big: 12345678901234 }]
  for (const [n, title] of titles.entries()) {
    const id = uuidv7()
    await query(sql`
      insert into "Page" ("id", "slug", "title", "status", "version", "experimentId", "publishedAt", "createdAt", "updatedAt")
      values (${id}, ${`slug-${n}`}, ${title}, ${['draft', 'active', 'archived'][n % 3]}::"PageStatus", ${n % 3},
        ${n % 2 ? uuidv7() : null}, ${n % 3 ? new Date(1e12 + n) : null}, ${new Date(1e12 + n * 1_000)}, ${new Date(1e12 - n * 86_400_000)})`)
    let parent: string | null = null
    for (let v = 0; v < n % 4; v++) {
      const variant = uuidv7()
      const content = JSON.stringify(contents[(n + v) % contents.length])
      await query(sql`
        insert into "PageVariant" ("id", "pageId", "key", "position", "parentVariantId", "content", "published", "updatedAt")
        values (${variant}, ${id}, ${`v${v}`}, ${v}, ${parent}, ${content}::jsonb, ${v ? content : null}::jsonb, now())`)
      await prisma.pageRevision.create({
        data: {
          variantId: variant,
          number: v + 1,
          content: {},
          changes: [{ kind: 'added' }],
          authorType: 'user',
          authorName: title,
        },
      })
      parent = variant
    }
    if (n % 2)
      await prisma.pageLoop.create({ data: { pageId: id, goal: title, mode: n % 3 ? 'off' : 'approve' } as never })
    await prisma.aiCall.create({
      data: {
        idempotencyKey: `${n}`,
        askedHash: new Uint8Array([n, 0, 255]),
        requestHash: new Uint8Array(),
        purpose: title,
        model: 'm',
        endpoint: 'chat',
        messages: [],
        askedByType: 'system',
        costMicros: n % 2 ? 2n ** 60n + BigInt(n) : null,
        month: n % 3 ? new Date('2026-02-01') : null,
        inputTokens: n - 3,
      } as never,
    })
  }
}
