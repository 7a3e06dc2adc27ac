import { beforeAll, describe, expect, it, vi } from 'vitest'
import { WorkspaceQuery } from '../../src/data/workspaceQuery.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { Asker, countQueries, editor, schemasOf } from './harness.ts'
import { library } from './library.ts'

const database = await testDatabase()
const { db, createWorkspace } = database
const { admin } = schemasOf(library)

let asEditor: Asker
let workspaceId: string

/** Twelve pages: titles tie in pairs, and every third was never published. */
beforeAll(async () => {
  workspaceId = await createWorkspace()
  asEditor = new Asker(admin, db, { workspaceId, principal: editor() })
  const { prisma } = db.workspace(workspaceId)
  for (let number = 0; number < 12; number++) {
    const { id } = await prisma.page.create({
      data: {
        slug: `page-${String(number).padStart(2, '0')}`,
        title: `Title ${Math.floor(number / 2)}`,
        status: number % 4 === 0 ? 'active' : 'draft',
        createdAt: new Date(Date.UTC(2026, 0, number + 1)),
        publishedAt: number % 3 === 0 ? null : new Date(Date.UTC(2026, 1, 20 - number)),
      },
    })
    for (let position = 0; position < 3; position++) {
      await prisma.pageVariant.create({ data: { pageId: id, key: `v${position}`, position, content: {} } })
    }
  }
  const other = db.workspace(await createWorkspace()).prisma
  await other.page.create({ data: { slug: 'foreign', title: 'Foreign' } })
})

interface Page {
  nodes: { slug: string }[]
  pageInfo: { endCursor: string; startCursor: string; hasNextPage: boolean; hasPreviousPage: boolean }
}

const page = async (args: string, cursor?: string): Promise<Page> =>
  (
    await asEditor.data(
      `query ${args.includes('$cursor') ? '($cursor: String)' : ''} { pages(${args}) { nodes { slug } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
      { cursor },
    )
  ).pages

const slugsOf = ({ nodes }: Page) => nodes.map(({ slug }) => slug)

/** Every page of a list, from one end to the other. */
async function walk(order: string, size: number, backward = false): Promise<string[]> {
  let shown: string[] = []
  let cursor: string | undefined
  for (;;) {
    const args = backward ? `last: ${size}, before: $cursor` : `first: ${size}, after: $cursor`
    const answer = await page(`${args}, orderBy: ${order}`, cursor)
    shown = backward ? [...slugsOf(answer), ...shown] : [...shown, ...slugsOf(answer)]
    if (!(backward ? answer.pageInfo.hasPreviousPage : answer.pageInfo.hasNextPage)) return shown
    cursor = backward ? answer.pageInfo.startCursor : answer.pageInfo.endCursor
  }
}

describe('a list', () => {
  it('shows the latest first unless told', async () => {
    expect(slugsOf(await page('first: 2'))).toEqual(['page-11', 'page-10'])
  })

  it('counts only this workspace', async () => {
    expect(await asEditor.data('{ pages { totalCount } drafts { totalCount } }')).toEqual({
      pages: { totalCount: 12 },
      drafts: { totalCount: 9 },
    })
  })

  describe.each(['CREATED_AT', 'TITLE', 'PUBLISHED_AT', 'ID'])('by %s', (field) => {
    describe.each(['ASC', 'DESC'])('%s', (direction) => {
      const order = `{ field: ${field}, direction: ${direction} }`
      it('shows every row once, in the same order, whatever the page size and the direction of the walk', async () => {
        const whole = await walk(order, 100)
        expect(new Set(whole).size).toBe(12)
        for (const size of [1, 5, 7]) {
          expect(await walk(order, size)).toEqual(whole)
          expect(await walk(order, size, true)).toEqual(whole)
        }
      })
    })
  })

  it('sorts what has no value last, in both directions', async () => {
    for (const direction of ['ASC', 'DESC']) {
      const slugs = await walk(`{ field: PUBLISHED_AT, direction: ${direction} }`, 5)
      expect(slugs.slice(-4).sort()).toEqual(['page-00', 'page-03', 'page-06', 'page-09'])
    }
  })

  it('goes on after a row that has been deleted meanwhile', async () => {
    const { prisma } = db.workspace(workspaceId)
    await prisma.page.create({ data: { slug: 'brief', title: 'Brief', createdAt: new Date(Date.UTC(2026, 5, 1)) } })
    const { pageInfo } = await page('first: 1')
    await prisma.page.deleteMany({ where: { slug: 'brief' } })
    expect(slugsOf(await page('first: 1, after: $cursor', pageInfo.endCursor))).toEqual(['page-11'])
  })

  it('has cursors that name no workspace', async () => {
    const { pageInfo } = await page('first: 1')
    expect(Buffer.from(pageInfo.endCursor, 'base64url').toString()).not.toContain(workspaceId)
  })

  it.each([
    ['status: [ACTIVE]', ['page-08', 'page-04', 'page-00']],
    ['title: { equals: "Title 2" }', ['page-05', 'page-04']],
    ['title: { contains: "LE 2" }', ['page-05', 'page-04']],
    ['title: { contains: "_itle 2" }', []],
    ['title: { startsWith: "%" }', []],
    ['title: { in: ["Title 0", "Title 1"] }, status: [ACTIVE, ARCHIVED]', ['page-00']],
    ['createdAt: { from: "2026-01-03T00:00:00Z", until: "2026-01-05T00:00:00Z" }', ['page-03', 'page-02']],
    ['search: "page-1"', ['page-11', 'page-10']],
    ['search: "age_1"', []],
    ['uuid: "01960000-0000-7000-8000-00000000DEAD"', []],
    ['title: null', 12],
    ['', 12],
  ])('filters by %s', async (filter, expected) => {
    const { pages } = await asEditor.data(`{ pages(filter: { ${filter} }) { nodes { slug } totalCount } }`)
    const slugs = pages.nodes.map(({ slug }: { slug: string }) => slug)
    if (typeof expected === 'number') expect(slugs).toHaveLength(expected)
    else expect(slugs).toEqual(expected)
    expect(pages.totalCount).toBe(slugs.length)
  })

  it.each([
    ['first: 101', 'first: 101 is more than 100, the largest page. Ask for the rest with "after".'],
    ['first: -1', 'first: -1 is less than 0.'],
    ['first: 1, last: 1', 'last: Give either "first" or "last", not both.'],
    ['first: 1, before: "x"', 'before: "before" goes with "last", not with "first".'],
    ['after: "x"', 'after: "x" is not a cursor of this list. Pass one that it returned.'],
    [
      `after: "${Buffer.from('["createdAt","never","01960000-0000-7000-8000-000000000001"]').toString('base64url')}"`,
      'is not a cursor of this list',
    ],
    [
      `after: "${Buffer.from('["title","T","01960000-0000-7000-8000-000000000001"]').toString('base64url')}"`,
      'is not a cursor of this list',
    ],
  ])('refuses %s', async (args, message) => {
    const { errors } = await asEditor.ask(`{ pages(${args}) { nodes { slug } } }`)
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'INVALID_INPUT' },
    })
  })

  it('refuses a UUID that is none before the database sees it', async () => {
    const { errors } = await asEditor.ask('{ pages(filter: { uuid: "x" }) { nodes { slug } } }')
    expect(errors?.[0]?.message).toContain('UUID')
  })

  it('says so when a cursor belongs to another order', async () => {
    const { pageInfo } = await page('first: 1')
    const { errors } = await asEditor.ask(
      'query ($cursor: String) { pages(after: $cursor, orderBy: { field: TITLE, direction: ASC }) { nodes { slug } } }',
      { cursor: pageInfo.endCursor },
    )
    expect(errors?.[0]?.message).toContain('This cursor is of the list sorted by "createdAt", not "title".')
  })
})

describe('the database is asked', () => {
  it('once for a page of rows and for each relation, however many rows', async () => {
    const few = await countQueries(database, () =>
      asEditor.data('{ pages(first: 2) { nodes { slug variants { nodes { key page { slug } } } } } }'),
    )
    const many = await countQueries(database, () =>
      asEditor.data('{ pages(first: 12) { nodes { slug variants { nodes { key page { slug } } } } } }'),
    )
    expect(many).toBe(few)
    expect(many).toBeLessThanOrEqual(3)
  })

  it('for the columns that are shown, and no others', async () => {
    const read = async (document: string) => {
      await asEditor.data(document)
      const sent = vi.spyOn(WorkspaceQuery.prototype, 'prepare')
      await asEditor.data(document)
      const [query] = sent.mock.contexts as unknown as [{ text: string }]
      sent.mockRestore()
      return query.text
    }
    const narrow = await read('{ pages { nodes { slug variants { nodes { key } } } } }')
    expect(narrow).toContain('"slug"')
    expect(narrow).not.toContain('"content"')
    expect(narrow).not.toContain('"title"')
    // What `status` is made of only its resolver knows.
    expect(await read('{ pages { nodes { status } } }')).toContain('"title"')
  })

  it('for a total only when somebody wants it, and for rows likewise', async () => {
    expect(
      await countQueries(database, () => asEditor.data('{ pages { nodes { slug } pageInfo { hasNextPage } } }')),
    ).toBe(1)
    expect(await countQueries(database, () => asEditor.data('{ pages { totalCount } }'))).toBe(1)
  })
})

describe('a list of a relation', () => {
  it('has pages, filters and totals of its own', async () => {
    const { pages } = await asEditor.data(`{ pages(first: 2) { nodes {
      variants(first: 2) { nodes { key } totalCount pageInfo { hasNextPage endCursor } }
      last: variants(last: 1) { nodes { key } }
      filtered: variants(filter: { key: { in: ["v1", "v2"] } }) { totalCount nodes { key } }
    } } }`)
    for (const node of pages.nodes) {
      expect(node).toMatchObject({
        variants: { nodes: [{ key: 'v0' }, { key: 'v1' }], totalCount: 3, pageInfo: { hasNextPage: true } },
        last: { nodes: [{ key: 'v2' }] },
        filtered: { totalCount: 2, nodes: [{ key: 'v1' }, { key: 'v2' }] },
      })
    }
  })

  it('goes on after a cursor', async () => {
    const first = await asEditor.data('{ pages(first: 1) { nodes { variants(first: 1) { pageInfo { endCursor } } } } }')
    const { endCursor } = first.pages.nodes[0].variants.pageInfo
    const { pages } = await asEditor.data(
      'query ($after: String) { pages(first: 1) { nodes { variants(first: 5, after: $after) { nodes { key } } } } }',
      { after: endCursor },
    )
    expect(pages.nodes[0].variants.nodes).toEqual([{ key: 'v1' }, { key: 'v2' }])
  })
})
