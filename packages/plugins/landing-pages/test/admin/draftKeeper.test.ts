import { describe, expect, test } from 'vitest'
import type { PageContent } from '../../admin/canvas/content.ts'
import { DraftKeeper, type DraftParts, type Saved } from '../../admin/editor/DraftKeeper.ts'

const page = (...titles: string[]): PageContent => ({
  root: { props: { title: 'P' } },
  content: titles.map((title, index) => ({ type: 'Hero', props: { id: `b${index}`, title } })),
})
const titles = ({ content }: PageContent) => content.map(({ props }) => props.title)

/** A server with one variant, and a browser. */
class World {
  saved: Saved = { content: page('A', 'B'), version: 1 }
  reachable = true
  readonly shown: PageContent[] = []
  readonly kept = new Map<string, string>()

  open(): DraftKeeper {
    const parts: DraftParts = {
      variantId: 'v',
      save: async (content, expectedVersion) => {
        if (!this.reachable) return { code: 'UNREACHABLE', message: 'No.', issues: [] }
        if (content.content.some(({ props }) => props.title === ''))
          return { code: 'INVALID_INPUT', message: 'Empty.', issues: [{ path: 'content', message: 'is empty' }] }
        if (expectedVersion !== this.saved.version) return { code: 'CONFLICT', message: 'Meanwhile.', issues: [] }
        this.saved = { content, version: expectedVersion + 1 }
        return { saved: this.saved }
      },
      load: async () => {
        if (!this.reachable) throw new Error('No.')
        return this.saved
      },
      show: (content) => this.shown.push(content),
      storage: {
        getItem: (key) => this.kept.get(key) ?? null,
        setItem: (key, value) => void this.kept.set(key, value),
        removeItem: (key) => void this.kept.delete(key),
      },
    }
    const keeper = new DraftKeeper(this.saved, parts)
    keeper.open()
    return keeper
  }

  /** Somebody else saves. */
  save(content: PageContent) {
    this.saved = { content, version: this.saved.version + 1 }
  }
}

describe('a draft', () => {
  test('is saved by itself when somebody pauses, once for many keys', async () => {
    const world = new World()
    const keeper = world.open()
    for (const title of ['M', 'Mi', 'Mine']) keeper.change(page(title, 'B'))
    expect(keeper.state().kind).toBe('unsaved')
    await expect.poll(() => keeper.state().kind).toBe('saved')
    expect(world.saved).toEqual({ content: page('Mine', 'B'), version: 2 })
    expect(world.kept.size).toBe(0)
  })

  test('is kept in the browser while the server cannot be reached, and sent when it can', async () => {
    const world = new World()
    world.reachable = false
    const keeper = world.open()
    keeper.change(page('Mine', 'B'))
    expect(await keeper.flush()).toBe(false)
    expect(keeper.state().kind).toBe('offline')
    keeper.close()
    world.reachable = true
    const later = world.open()
    expect(later.recovered).toBe(true)
    expect(titles(later.content)).toEqual(['Mine', 'B'])
    expect(await later.flush()).toBe(true)
    expect(titles(world.saved.content)).toEqual(['Mine', 'B'])
    expect(world.open().recovered).toBe(false)
  })

  test('that the server does not take says why, and is not lost', async () => {
    const world = new World()
    const keeper = world.open()
    keeper.change(page('', 'B'))
    expect(await keeper.flush()).toBe(false)
    expect(keeper.state()).toMatchObject({ kind: 'refused', issues: [{ message: 'is empty' }] })
    expect(world.open().recovered).toBe(true)
    keeper.change(page('Mended', 'B'))
    expect(await keeper.flush()).toBe(true)
  })
})

describe('two people', () => {
  test('change different blocks: both changes are saved, and shown', async () => {
    const world = new World()
    const keeper = world.open()
    keeper.change(page('Mine', 'B'))
    world.save(page('A', 'Theirs'))
    expect(await keeper.flush()).toBe(false)
    expect(await keeper.flush()).toBe(true)
    expect(titles(world.saved.content)).toEqual(['Mine', 'Theirs'])
    expect(world.shown.map(titles)).toEqual([['Mine', 'Theirs']])
  })

  test('change the same words: nothing is saved until somebody chose', async () => {
    const world = new World()
    const keeper = world.open()
    keeper.change(page('Mine', 'B'))
    world.save(page('Theirs', 'B'))
    expect(await keeper.flush()).toBe(false)
    const state = keeper.state()
    if (state.kind !== 'clash') throw new Error(state.kind)
    expect(state.clashes).toMatchObject([{ blockId: 'b0', prop: 'title', mine: 'Mine', theirs: 'Theirs' }])
    expect(titles(world.saved.content)).toEqual(['Theirs', 'B'])
    keeper.settle([])
    expect(await keeper.flush()).toBe(true)
    expect(titles(world.saved.content)).toEqual(['Mine', 'B'])
  })

  test('and whoever takes the other’s words has them', async () => {
    const world = new World()
    const keeper = world.open()
    keeper.change(page('Mine', 'Also mine'))
    world.save(page('Theirs', 'B'))
    await keeper.flush()
    const state = keeper.state()
    if (state.kind !== 'clash') throw new Error(state.kind)
    keeper.settle(state.clashes)
    await keeper.flush()
    expect(titles(world.saved.content)).toEqual(['Theirs', 'Also mine'])
  })

  test('and hear of it while they save: nothing is sent until somebody chose', async () => {
    const world = new World()
    const keeper = world.open()
    keeper.change(page('Mine', 'B'))
    world.save(page('Theirs', 'B'))
    // The network is back: what is written is sent, and the news of the other’s save come, all at once.
    await Promise.all([keeper.flush(), keeper.lookFor(2), keeper.flush(), keeper.lookFor(2)])
    expect(keeper.state().kind).toBe('clash')
    await keeper.flush()
    expect(keeper.state().kind).toBe('clash')
    expect(titles(world.saved.content)).toEqual(['Theirs', 'B'])
  })

  test('one only looks: the other’s changes are shown as they come', async () => {
    const world = new World()
    const keeper = world.open()
    world.save(page('Theirs', 'B'))
    await keeper.lookFor(2)
    expect(world.shown.map(titles)).toEqual([['Theirs', 'B']])
    expect(keeper.state().kind).toBe('saved')
    await keeper.lookFor(2)
    expect(world.shown).toHaveLength(1)
  })

  test('one comes back with unsaved work after the other saved: both changes are there', async () => {
    const world = new World()
    world.reachable = false
    const keeper = world.open()
    keeper.change(page('Mine', 'B'))
    await keeper.flush()
    keeper.close()
    world.reachable = true
    world.save(page('A', 'Theirs'))
    const later = world.open()
    expect(await later.flush()).toBe(true)
    expect(titles(world.saved.content)).toEqual(['Mine', 'Theirs'])
  })
})
