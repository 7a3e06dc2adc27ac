import { describe, expect, test } from 'vitest'
import type { BlockData, PageContent } from '../../admin/canvas/content.ts'
import { mergeContents, withTheirs } from '../../admin/merge/mergeContents.ts'

const hero = (title: string, more: object = {}): BlockData => ({ type: 'Hero', props: { id: 'hero', title, ...more } })
const text = (id: string, words: string): BlockData => ({ type: 'Text', props: { id, text: words } })
const columns = (left: BlockData[], right: BlockData[] = []): BlockData => ({
  type: 'Columns',
  props: { id: 'cols', columns: 2, 'column-1': left, 'column-2': right },
})
const page = (content: BlockData[], title = 'P'): PageContent => ({ root: { props: { title } }, content })
const base = page([hero('A'), text('one', '1'), text('two', '2')])

const merge = (mine: PageContent, theirs: PageContent, before = base) =>
  mergeContents({ myBase: before, mine, theirBase: before, theirs })
const idsOf = ({ content }: PageContent) => content.map(({ props }) => props.id)

describe('two people change one content', () => {
  test('in different blocks: both changes are there', () => {
    const { content, clashes } = merge(
      page([hero('Mine'), text('one', '1'), text('two', '2')]),
      page([hero('A'), text('one', '1'), text('two', 'theirs')], 'Theirs'),
    )
    expect(content).toEqual(page([hero('Mine'), text('one', '1'), text('two', 'theirs')], 'Theirs'))
    expect(clashes).toEqual([])
  })

  test('in different props of one block: both changes are there', () => {
    const { content, clashes } = merge(
      page([hero('Mine'), text('one', '1'), text('two', '2')]),
      page([hero('A', { subtitle: 'theirs' }), text('one', '1'), text('two', '2')]),
    )
    expect(content.content[0]).toEqual(hero('Mine', { subtitle: 'theirs' }))
    expect(clashes).toEqual([])
  })

  test('in the same prop: mine stays, somebody has to choose, and theirs can be taken', () => {
    const { content, clashes } = merge(page([hero('Mine')]), page([hero('Theirs')]), page([hero('A')]))
    expect(content.content).toEqual([hero('Mine')])
    expect(clashes).toEqual([{ blockId: 'hero', blockType: 'Hero', prop: 'title', mine: 'Mine', theirs: 'Theirs' }])
    expect(withTheirs(content, clashes).content).toEqual([hero('Theirs')])
  })

  test('to the same: nobody has to choose', () => {
    const both = page([hero('Both'), text('one', '1'), text('two', '2')])
    expect(merge(both, both)).toEqual({ content: both, clashes: [] })
  })

  test('by adding blocks: all are there, behind what they followed', () => {
    const { content } = merge(
      page([hero('A'), text('one', '1'), text('mine', 'm'), text('two', '2')]),
      page([hero('A'), text('theirs', 't'), text('one', '1'), text('two', '2'), text('last', 'l')]),
    )
    expect(idsOf(content)).toEqual(['hero', 'theirs', 'one', 'mine', 'two', 'last'])
  })

  test('by removing and by changing the same block: it stays, as it was changed', () => {
    const removed = page([hero('A'), text('two', '2')])
    const changed = page([hero('A'), text('one', 'new'), text('two', '2')])
    for (const { content } of [merge(removed, changed), merge(changed, removed)])
      expect(content.content.find(({ props }) => props.id === 'one')).toEqual(text('one', 'new'))
  })

  test('by removing different blocks: both are gone', () => {
    const { content } = merge(page([hero('A'), text('two', '2')]), page([hero('A'), text('one', '1')]))
    expect(idsOf(content)).toEqual(['hero'])
  })

  test('by moving and by changing the same block: it is moved and changed', () => {
    const { content, clashes } = merge(
      page([text('two', '2'), hero('A'), text('one', '1')]),
      page([hero('A'), text('one', '1'), text('two', 'new')]),
    )
    expect(content).toEqual(page([text('two', 'new'), hero('A'), text('one', '1')]))
    expect(clashes).toEqual([])
  })

  test('within slots, too', () => {
    const before = page([columns([text('a', '1')])])
    const { content } = merge(
      page([columns([text('a', '1'), text('mine', 'm')])]),
      page([columns([text('a', 'new')], [text('theirs', 't')])]),
      before,
    )
    expect(content).toEqual(page([columns([text('a', 'new'), text('mine', 'm')], [text('theirs', 't')])]))
  })

  test('by moving a block out of a column that the other removed: it is on the page', () => {
    const before = page([columns([text('a', '1')]), text('b', '2')])
    const { content } = merge(page([text('b', '2')]), page([columns([text('a', 'new')]), text('b', '2')]), before)
    expect(content.content).toContainEqual(text('a', 'new'))
  })

  test('and what the server fills in or trims is no change', () => {
    const { content, clashes } = mergeContents({
      myBase: page([hero('A ')]),
      mine: page([hero('Mine ')]),
      theirBase: page([hero('A', { click: 'hero' })]),
      theirs: page([hero('A', { click: 'hero', subtitle: 'S' })]),
    })
    expect(clashes).toEqual([])
    expect(content.content).toEqual([hero('Mine ', { subtitle: 'S' })])
  })
})
