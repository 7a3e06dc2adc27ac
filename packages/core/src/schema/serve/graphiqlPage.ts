import type { GraphiQLOptions } from 'graphql-yoga'
import { told } from '../../told.ts'
import type { PluginExample } from './apiExamples.ts'

/** GraphiQL's own options, and what stands beside it. */
interface PageOptions extends GraphiQLOptions {
  readonly panel?: string
}

/**
 * How GraphiQL opens: with the example that the address names (`?example=tracking-1`), beside the list of all of them.
 *
 * @param url of the request @param locale "en" or "fr"
 */
export function graphiqlOptions(examples: readonly PluginExample[], url: URL, locale: string): PageOptions {
  const wanted = url.searchParams.get('example')
  const chosen = examples.find(({ key }) => key === wanted)
  return {
    title: 'Espalier',
    ...(chosen && {
      query: chosen.document,
      variables: chosen.variables ? JSON.stringify(chosen.variables, null, 2) : '{}',
    }),
    panel: panelOf(examples, chosen, locale),
  }
}

/** The page, from the installation itself and not from a network; large, so read when somebody first opens it. */
export async function graphiqlPage({ panel = '', ...options }: PageOptions = {}): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  return renderGraphiQL(options).replace('<div id="root">', () => `${panel}<div id="root">`)
}

function panelOf(examples: readonly PluginExample[], chosen: PluginExample | undefined, locale: string): string {
  if (examples.length === 0) return ''
  const groups = Map.groupBy(examples, ({ plugin }) => plugin)
  const heading = told(locale, { en: 'Examples', fr: 'Exemples' })
  const sections = [...groups.values()].map((group) => {
    const links = group.map(({ key, title }) => {
      const current = key === chosen?.key ? ' aria-current="page"' : ''
      return `<li><a href="?example=${encodeURIComponent(key)}"${current}>${escaped(told(locale, title))}</a></li>`
    })
    const title = group[0] ? told(locale, group[0].pluginTitle) : ''
    return `<h3>${escaped(title)}</h3><ul>${links.join('')}</ul>`
  })
  return `<style>${style}</style><nav id="examples" lang="${locale}" aria-label="${heading}"><details open><summary>${heading}</summary>${sections.join('')}</details></nav>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const style = `
  body { display: flex; height: 100vh; }
  #root { flex: 1; min-width: 0; }
  #examples { color-scheme: light dark; background: Canvas; color: CanvasText; border-inline-end: 1px solid #8884;
    font: 14px/1.4 system-ui, sans-serif; overflow: auto; padding: 16px; max-width: 17rem; box-sizing: border-box; }
  #examples summary { cursor: pointer; font-weight: 600; }
  #examples h3 { font-size: 12px; margin: 20px 0 4px; opacity: .75; }
  #examples ul { list-style: none; margin: 0; padding: 0; }
  #examples a { display: block; color: inherit; padding: 4px 8px; margin-inline: -8px; border-radius: 6px; text-decoration: none; }
  #examples a:hover, #examples a:focus-visible { background: #8882; }
  #examples a[aria-current] { background: #8883; font-weight: 600; }
  @media (max-width: 50rem) { #examples { display: none; } }`
