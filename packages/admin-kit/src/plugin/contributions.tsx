import { createContext, useContext } from 'react'
import type { Page } from '../routing/page.ts'
import { brokenLinks, type ContributionFault, claims } from './contributionFaults.ts'
import type { Command, Decisions, NavigationEntry, ObjectSearch, Panel, PluginAdmin, Widget } from './pluginAdmin.ts'

/** What all plugins that run have added, in order. */
export interface Contributions {
  readonly pages: readonly Page[]
  readonly navigation: readonly NavigationEntry[]
  readonly widgets: readonly Widget[]
  readonly decisions: readonly Decisions[]
  readonly panels: readonly Panel[]
  readonly commands: readonly Command[]
  readonly searches: readonly ObjectSearch[]
  /** What could not be added, and which links lead nowhere. */
  readonly faults: readonly ContributionFault[]
  /** A page of a plugin; undefined where it is switched off or has no such page. */
  pageAt(plugin: string, path: string): Page | undefined
}

/**
 * Puts together what the plugins that run add. Where two claim the same address, id or keys, the first has it and the
 * rest of the second goes on without.
 *
 * @param runs whether the server runs a plugin
 */
export function contributionsOf(plugins: readonly PluginAdmin[], runs: (plugin: string) => boolean): Contributions {
  const running = plugins.filter(({ name }) => runs(name))
  const faults: ContributionFault[] = []
  const pagePaths = claims('page', faults)
  const keys = claims('keys', faults)
  const ids = {
    widgets: claims('widget', faults),
    decisions: claims('decisions', faults),
    panels: claims('panel', faults),
    commands: claims('command', faults),
  }
  const pages = new Map<string, Page>()
  const lost = new Set<Page>()
  for (const { name, pages: own = [] } of running)
    for (const page of own) {
      // "pages/$id" and "pages/$slug" are the same address.
      if (pagePaths.take(name, page.path, page.path.replace(/\$\w+/g, '$'))) pages.set(`${name}:${page.path}`, page)
      else lost.add(page)
    }
  /** Without keys that are somebody else's. */
  const keyed = <Item extends { keys?: string }>(plugin: string, item: Item): Item => {
    if (item.keys === undefined || keys.take(plugin, item.keys)) return item
    const { keys: _taken, ...rest } = item
    return rest as Item
  }
  const identified = <Kind extends keyof typeof ids>(kind: Kind): NonNullable<PluginAdmin[Kind]>[number][] =>
    running.flatMap((plugin) =>
      ((plugin[kind] ?? []) as NonNullable<PluginAdmin[Kind]>).filter(({ id }) => ids[kind].take(plugin.name, id)),
    )
  // Before commands: a way to a page is looked for more often.
  const navigation = running.flatMap(({ name, navigation = [] }) =>
    navigation.filter(({ page }) => !lost.has(page)).map((entry) => keyed(name, entry)),
  )
  const commands = running.flatMap(({ name, commands = [] }) =>
    commands.filter(({ id }) => ids.commands.take(name, id)).map((command) => keyed(name, command)),
  )
  const pageAt = (plugin: string, path: string) => pages.get(`${plugin}:${path}`)
  return {
    pages: [...pages.values()],
    navigation: inOrder(navigation),
    widgets: inOrder(identified('widgets')),
    decisions: identified('decisions'),
    panels: inOrder(identified('panels')),
    commands,
    searches: running.flatMap(({ search }) => (search ? [search] : [])),
    faults: [...faults, ...brokenLinks(running, runs, pageAt)],
    pageAt,
  }
}

const ContributionsContext = createContext<Contributions | undefined>(undefined)

/** Gives everything below it what the plugins contribute. */
export const ContributionsProvider = ContributionsContext

/**
 * What the plugins contribute.
 *
 * @throws Error outside of the shell
 */
export function useContributions(): Contributions {
  const contributions = useContext(ContributionsContext)
  if (!contributions) throw new Error('There is no ContributionsProvider above. The shell brings it.')
  return contributions
}

function inOrder<Item extends { order?: number }>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => (one.order ?? 50) - (other.order ?? 50))
}
