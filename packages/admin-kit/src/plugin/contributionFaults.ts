import type { Page } from '../routing/page.ts'
import type { PluginAdmin } from './pluginAdmin.ts'

/** What is wrong with what a plugin adds to the app. The rest of it works. */
export type ContributionFault =
  | {
      readonly kind: 'taken'
      /** Whose contribution is left out. */
      readonly plugin: string
      readonly what: Claimed
      /** The address, id or keys: "pages/$id". */
      readonly name: string
      /** Whose contribution stays. The same plugin where it says something twice. */
      readonly by: string
    }
  | {
      /** Leads to a page that a plugin that runs does not have; or that does not read its state from the address. */
      readonly kind: 'noPage' | 'otherState'
      readonly plugin: string
      /** "tracking:traffic" */
      readonly name: string
    }

/** What two plugins cannot both have. */
export type Claimed = 'page' | 'widget' | 'decisions' | 'panel' | 'command' | 'keys'

/** Who claimed what, first come, first served. */
export function claims(what: Claimed, faults: ContributionFault[]) {
  const owners = new Map<string, string>()
  return {
    /** @param same what the name is told from others by. Default: itself. @returns whether it is theirs now */
    take(plugin: string, name: string, same = name): boolean {
      const by = owners.get(same)
      if (by === undefined) owners.set(same, plugin)
      else faults.push({ kind: 'taken', plugin, what, name, by })
      return by === undefined
    },
  }
}

/** Links to pages of other plugins that lead nowhere, although these plugins run. */
export function brokenLinks(
  plugins: readonly PluginAdmin[],
  runs: (plugin: string) => boolean,
  pageAt: (plugin: string, path: string) => Page | undefined,
): ContributionFault[] {
  return plugins.flatMap(({ name: plugin, links = [] }) =>
    links
      .filter((link) => runs(link.plugin))
      .flatMap((link): ContributionFault[] => {
        const name = `${link.plugin}:${link.path}`
        const page = pageAt(link.plugin, link.path)
        if (!page) return [{ kind: 'noPage', plugin, name }]
        return reads(page, link.search) ? [] : [{ kind: 'otherState', plugin, name }]
      }),
  )
}

/** Whether a page has a state in its address as a link gives it. */
function reads(page: Page, given: object): boolean {
  const read = new Map<string, unknown>(Object.entries(page.readSearch(given)))
  return Object.entries(given).every(([key, value]) => JSON.stringify(read.get(key)) === JSON.stringify(value))
}
