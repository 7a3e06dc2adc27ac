import { BookOpen } from 'lucide-react'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { contributionsOf } from '../src/plugin/contributions.tsx'
import { elsewhere } from '../src/plugin/elsewhere.ts'
import { definePluginAdmin, type PluginAdmin } from '../src/plugin/pluginAdmin.ts'
import { page } from '../src/routing/page.ts'

const load = async () => ({ default: () => null })
const title = { en: 'Entries', fr: 'Entrées' }
const entries = page({ path: 'guestbook', title, load })

const guestbook = definePluginAdmin({
  name: 'guestbook',
  pages: [entries],
  navigation: [{ page: entries, label: title, icon: BookOpen, section: 'reach', keys: 'g b' }],
  widgets: [{ id: 'guestbook.shown', title, size: 'small', order: 90, load }],
  commands: [{ id: 'guestbook.sign', label: title, run: () => {} }],
})
const applause = definePluginAdmin({
  name: 'applause',
  widgets: [{ id: 'applause.count', title, size: 'small', order: 10, load }],
})
const everything = () => true

describe('what plugins add to the app', () => {
  test('stands together, in the order that they ask for', () => {
    const { pages, widgets } = contributionsOf([guestbook, applause], everything)
    expect(pages).toEqual([entries])
    expect(widgets.map(({ id }) => id)).toEqual(['applause.count', 'guestbook.shown'])
  })

  test('is gone with a plugin that is switched off', () => {
    const rest = contributionsOf([guestbook, applause], (name) => name !== 'guestbook')
    expect(rest).toMatchObject({ pages: [], navigation: [], commands: [] })
    expect(rest.widgets.map(({ id }) => id)).toEqual(['applause.count'])
  })

  describe('where two claim the same', () => {
    const title = { en: 'Other', fr: 'Autre' }
    const both = (more: Omit<PluginAdmin, 'name'>) =>
      contributionsOf([guestbook, definePluginAdmin({ name: 'other', ...more })], everything)
    const taken = (what: string, name: string) => [{ kind: 'taken', plugin: 'other', what, name, by: 'guestbook' }]

    test('address, the first has it; ways to the page of the second are gone with it', () => {
      const twin = page({ path: 'guestbook', title, load })
      const more = page({ path: 'more', title, load })
      const way = { label: title, icon: BookOpen, section: 'reach' } as const
      const { pages, navigation, faults, pageAt } = both({
        pages: [twin, more],
        navigation: [
          { page: twin, ...way },
          { page: more, ...way },
        ],
      })
      expect(pages).toEqual([entries, more])
      expect(navigation.map(({ page }) => page)).toEqual([entries, more])
      expect(faults).toEqual(taken('page', 'guestbook'))
      expect(pageAt('other', 'guestbook')).toBeUndefined()
    })

    test('address with a parameter of another name, it is the same address', () => {
      const one = definePluginAdmin({ name: 'one', pages: [page({ path: 'things/$id', title, load })] })
      const two = definePluginAdmin({ name: 'two', pages: [page({ path: 'things/$name', title, load })] })
      expect(contributionsOf([one, two], everything).faults).toMatchObject([{ plugin: 'two', name: 'things/$name' }])
    })

    test('id, the second is left out', () => {
      const { widgets, faults } = both({ widgets: [{ id: 'guestbook.shown', title, size: 'wide', load }] })
      expect(widgets).toEqual(guestbook.widgets)
      expect(faults).toEqual(taken('widget', 'guestbook.shown'))
    })

    test('keys, the second is there without them', () => {
      const { commands, faults } = both({ commands: [{ id: 'other.go', label: title, keys: 'g b', run: () => {} }] })
      expect(commands.map(({ id, keys }) => [id, keys])).toEqual([
        ['guestbook.sign', undefined],
        ['other.go', undefined],
      ])
      expect(faults).toEqual(taken('keys', 'g b'))
    })
  })

  describe('links to pages of other plugins', () => {
    const list = page({ path: 'list/$id', title, search: v.object({ q: v.fallback(v.string(), '') }), load })
    const target = definePluginAdmin({ name: 'target', pages: [list] })
    const from = (...links: PluginAdmin['links'] & object) => definePluginAdmin({ name: 'from', links })
    const faultsOf = (plugins: PluginAdmin[], runs: (name: string) => boolean = everything) =>
      contributionsOf(plugins, runs).faults

    test('lead to what these have, with what it reads from the address', () => {
      const link = elsewhere({ plugin: 'target', path: 'list/$id', search: { q: 'pears' } })
      const contributions = contributionsOf([from(link), target], everything)
      expect(contributions.faults).toEqual([])
      expect(contributions.pageAt('target', 'list/$id')).toBe(list)
    })

    test('are told of where there is no such page, or it reads another state', () => {
      const nowhere = elsewhere({ plugin: 'target', path: 'lists' })
      const otherwise = elsewhere({ plugin: 'target', path: 'list/$id', search: { query: 'pears' } })
      expect(faultsOf([from(nowhere, otherwise), target])).toEqual([
        { kind: 'noPage', plugin: 'from', name: 'target:lists' },
        { kind: 'otherState', plugin: 'from', name: 'target:list/$id' },
      ])
    })

    test('to a plugin that is switched off are no fault', () => {
      const link = elsewhere({ plugin: 'target', path: 'list/$id' })
      const without = (name: string) => name !== 'target'
      expect(faultsOf([from(link), target], without)).toEqual([])
      expect(contributionsOf([from(link), target], without).pageAt('target', 'list/$id')).toBeUndefined()
    })
  })
})
