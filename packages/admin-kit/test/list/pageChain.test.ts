import { describe, expect, test } from 'vitest'
import { type PageAsk, PageChain } from '../../src/list/pageChain.ts'

interface Row {
  id: string
}

/** A list of the server: numbered rows, of which a page is those after a cursor. */
class Server {
  rows: Row[]

  constructor(count: number) {
    this.rows = Array.from({ length: count }, (_, index) => ({ id: `r${index}` }))
  }

  page(ask: PageAsk) {
    const [begin, end] = 'first' in ask ? this.#forwards(ask.first, ask.after) : this.#backwards(ask.last, ask.before)
    const nodes = this.rows.slice(begin, end)
    return {
      nodes,
      pageInfo: {
        hasNextPage: 'first' in ask ? end < this.rows.length : ask.before !== null,
        endCursor: nodes.at(-1)?.id ?? null,
        startCursor: nodes[0]?.id ?? null,
      },
      totalCount: this.rows.length,
    }
  }

  #forwards(first: number, after: string | null): [number, number] {
    const begin = after === null ? 0 : this.rows.findIndex(({ id }) => id === after) + 1
    return [begin, Math.min(this.rows.length, begin + first)]
  }

  #backwards(last: number, before: string | null): [number, number] {
    const end = before === null ? this.rows.length : this.rows.findIndex(({ id }) => id === before)
    return [Math.max(0, end - last), end]
  }
}

function asked(server: Server, question = 'all') {
  const chain = new PageChain<Row>(10)
  chain.ask(question)
  const load = (page: number) => {
    const ask = chain.askFor(page)
    if (!ask) throw new Error(`Page ${page} cannot be asked for.`)
    chain.answer(question, page, server.page(ask), 'last' in ask)
  }
  return { chain, load }
}

const top: PageAsk = { first: 10, after: null }

const ids = (chain: PageChain<Row>) => [...chain.rows()].map(([, { id }]) => id)

describe('a chain of cursor pages', () => {
  test('asks for the first page, then for those around the view, as far as cursors are known', () => {
    const { chain, load } = asked(new Server(95))
    expect(chain.view().state).toBe('first')
    expect(chain.wanted(0, 8)).toEqual([0])
    load(0)
    expect(chain.view()).toMatchObject({ state: 'ready', known: 10, more: true, total: 95 })
    expect(chain.wanted(0, 8)).toEqual([0, 1])
    load(1)
    load(2)
    load(3)
    expect(chain.wanted(28, 34)).toEqual([0, 1, 2, 3, 4])
  })

  test('knows its end', () => {
    const { chain, load } = asked(new Server(25))
    for (const page of [0, 1, 2]) load(page)
    expect(chain.view()).toMatchObject({ known: 25, more: false })
    expect(chain.row(24)?.id).toBe('r24')
    expect(chain.row(25)).toBeUndefined()
  })

  test('gives up rows that nobody looks at, keeps the first page and every cursor, and comes back by them', () => {
    const { chain, load } = asked(new Server(1000))
    for (let page = 0; page < 60; page++) {
      load(page)
      chain.letGo(chain.wanted(page * 10, page * 10 + 9))
    }
    expect(chain.heldPages).toBeLessThanOrEqual(5)
    expect(chain.row(0)?.id).toBe('r0')
    expect(chain.row(205)).toBeUndefined()
    expect(chain.wanted(200, 209)).toEqual([0, 19, 20, 21, 22])
    load(20)
    expect(chain.row(205)?.id).toBe('r205')
    expect(chain.view().known).toBe(600)
  })

  test('rows that others add on top wait until the reader asks for them', () => {
    const server = new Server(30)
    const { chain, load } = asked(server)
    load(0)
    server.rows.unshift({ id: 'new1' }, { id: 'new2' })
    chain.lookAgain()
    load(0)
    expect(chain.view().fresh).toBe(2)
    expect(chain.row(0)?.id).toBe('r0')
    // The second page still follows the first as it is shown: nothing is lost between them.
    load(1)
    expect(ids(chain)).toEqual(Array.from({ length: 20 }, (_, index) => `r${index}`))
    chain.takeFresh()
    expect(chain.view().fresh).toBe(0)
    expect(chain.row(0)?.id).toBe('new1')
    // The beginning of the second page has moved along.
    expect(chain.askFor(1)).toEqual({ first: 10, after: 'r7' })
  })

  test('rows that one adds oneself are there at once', () => {
    const server = new Server(30)
    let now = 0
    const chain = new PageChain<Row>(10, () => now)
    chain.ask('all')
    chain.answer('all', 0, server.page(top))
    chain.lookAgain()
    now = 60_000
    server.rows.unshift({ id: 'mine' })
    chain.answer('all', 0, server.page(top))
    expect(chain.view().fresh).toBe(0)
    expect(chain.row(0)?.id).toBe('mine')
  })

  test('a row that was removed makes room for the one that follows', () => {
    const server = new Server(30)
    const { chain, load } = asked(server)
    load(0)
    load(1)
    server.rows.splice(3, 1)
    load(0)
    load(1)
    expect(ids(chain)).toEqual(server.rows.slice(0, 20).map(({ id }) => id))
  })

  test('what was shown stays until the first page of another question is there', () => {
    const { chain, load } = asked(new Server(30))
    load(0)
    load(1)
    chain.ask('some')
    expect(chain.view().state).toBe('changing')
    expect(chain.row(12)?.id).toBe('r12')
    expect(chain.wanted(10, 18)).toEqual([0])
    expect(chain.askFor(1)).toBeUndefined()
    // An answer to the question before comes late.
    chain.answer('all', 0, new Server(5).page(top))
    expect(chain.view().state).toBe('changing')
    chain.answer('some', 0, { nodes: [{ id: 'x' }], pageInfo: { hasNextPage: false } })
    expect(chain.view()).toMatchObject({ state: 'ready', known: 1, more: false })
    expect(ids(chain)).toEqual(['x'])
  })

  test('a page that fails is told of, and forgotten when it comes after all', () => {
    const { chain, load } = asked(new Server(30))
    load(0)
    chain.fail('all', 1, new Error('unreachable'))
    expect(chain.view().failure?.page).toBe(1)
    expect(chain.view().known).toBe(10)
    load(1)
    expect(chain.view().failure).toBeUndefined()
    expect(chain.view().known).toBe(20)
  })

  test('tells its listeners, and none of an older question', () => {
    const { chain, load } = asked(new Server(30))
    let told = 0
    chain.listen(() => told++)
    load(0)
    chain.answer('another', 1, new Server(3).page(top))
    chain.fail('another', 1, new Error('late'))
    expect(told).toBe(1)
  })

  describe('whose end was asked for', () => {
    test('has the last rows in their places at once, and grows from there towards the top', () => {
      const server = new Server(1_003)
      const { chain, load } = asked(server)
      load(0)
      load(1)
      chain.reachEnd()
      expect(chain.view()).toMatchObject({ known: 1_003, more: false })
      expect(chain.wanted(990, 1_002)).toEqual([0, 100])
      expect(chain.askFor(100)).toEqual({ last: 3, before: null })
      load(100)
      expect(chain.row(1_002)?.id).toBe('r1002')
      expect(chain.wanted(990, 1_002)).toEqual([0, 99, 100])
      load(99)
      load(98)
      expect(chain.row(985)?.id).toBe('r985')
      expect(chain.row(500)).toBeUndefined()
      // The first pages are where they were.
      expect(chain.wanted(0, 8)).toEqual([0, 1, 2])
    })

    test('is walked to the middle from the nearer side, a page at a time', () => {
      const server = new Server(1_000)
      const { chain, load } = asked(server)
      load(0)
      chain.reachEnd()
      load(99)
      for (const [view, first] of [
        [700, 98],
        [200, 1],
      ] as const) {
        const walked: number[] = []
        while (!chain.row(view)) {
          const pages = chain.wanted(view, view + 8)
          chain.letGo(pages)
          const next = pages.find((page) => page > 0 && !chain.row(page * 10))
          if (next === undefined) throw new Error('Nothing is left to ask for.')
          walked.push(next)
          load(next)
        }
        expect(walked[0]).toBe(first)
        expect(chain.row(view)?.id).toBe(`r${view}`)
        expect(chain.heldPages).toBeLessThanOrEqual(6)
      }
    })

    test('closes what came between its two halves when they meet', () => {
      const server = new Server(60)
      const { chain, load } = asked(server)
      for (const page of [0, 1]) load(page)
      chain.reachEnd()
      for (const page of [5, 4, 3]) load(page)
      // One row goes and two come in the middle that nobody has read.
      server.rows.splice(25, 1, { id: 'new1' }, { id: 'new2' })
      for (const page of [2, 3, 4, 5, 6]) load(page)
      expect(ids(chain)).toEqual(server.rows.map(({ id }) => id))
      expect(chain.view()).toMatchObject({ known: 61, more: false })
    })

    test('has its rows in place where some of the last are gone, and is read from the top where most are', () => {
      const server = new Server(100)
      const { chain, load } = asked(server)
      for (const page of [0, 1]) load(page)
      chain.reachEnd()
      for (const page of [9, 8]) load(page)
      server.rows.splice(95, 2)
      for (const page of [9, 8]) load(page)
      expect(ids(chain).slice(20)).toEqual(server.rows.slice(78).map(({ id }) => id))
      server.rows.splice(5)
      load(9)
      expect(chain.view()).toMatchObject({ known: 20, more: true })
      load(0)
      expect(chain.view()).toMatchObject({ known: 5, more: false })
    })

    test('changes nothing where all is known, or nobody knows how many there are', () => {
      const { chain, load } = asked(new Server(25))
      chain.reachEnd()
      expect(chain.view().state).toBe('first')
      for (const page of [0, 1, 2]) load(page)
      const before = chain.view()
      chain.reachEnd()
      expect(chain.view()).toBe(before)

      const uncounted = new PageChain<Row>(10)
      uncounted.ask('all')
      uncounted.answer('all', 0, { ...new Server(25).page(top), totalCount: null })
      uncounted.reachEnd()
      expect(uncounted.view()).toMatchObject({ known: 10, more: true })
    })

    test('begins anew with another question, and where the reader wants what is new', () => {
      const server = new Server(100)
      const { chain, load } = asked(server)
      load(0)
      chain.reachEnd()
      load(9)
      server.rows.unshift({ id: 'new' })
      chain.lookAgain()
      load(0)
      expect(chain.view()).toMatchObject({ fresh: 1, known: 100 })
      chain.takeFresh()
      expect(chain.view()).toMatchObject({ known: 10, more: true })
      chain.reachEnd()
      chain.ask('some')
      expect(chain.askFor(10)).toBeUndefined()
    })
  })
})
