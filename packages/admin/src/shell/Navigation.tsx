import {
  Contribution,
  Link,
  type NavigationEntry,
  sections,
  useContributions,
  useMessages,
  usePlace,
  useViewer,
  useWords,
} from '@espalier/admin-kit'
import { useEffect, useRef } from 'react'
import { messages } from './messages.ts'

/** The ways to the pages of all plugins that run, by section; without those that the role does not show. */
export function Navigation() {
  const m = useMessages(messages)
  const { may } = useViewer()
  const entries = useContributions().navigation.filter(({ page }) => may(page.permission))
  const here = usePlace().page?.path
  const current = entryOf(
    here,
    entries.map(({ page }) => page.path),
  )
  const nav = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: after another page, and once its section is there
  useEffect(() => showCurrent(nav.current), [current, entries.length])
  return (
    <nav ref={nav} className="navigation" aria-label={m.navigation}>
      {sections.map((section) => {
        const within = entries.filter((entry) => entry.section === section)
        if (within.length === 0) return null
        const title = m.sections[section]
        return (
          <div key={section}>
            {title && <h2 id={`section-${section}`}>{title}</h2>}
            <ul {...(title ? { 'aria-labelledby': `section-${section}` } : {})}>
              {within.map((entry) => (
                <Entry key={entry.page.path} entry={entry} isCurrent={entry.page.path === current} />
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}

/** Where not all sections fit, the one that one is in is shown whole. */
function showCurrent(nav: HTMLElement | null): void {
  const section = nav?.querySelector('[aria-current]')?.closest('nav > div')
  if (!nav || !section) return
  const [all, own] = [nav.getBoundingClientRect(), section.getBoundingClientRect()]
  if (own.bottom > all.bottom) nav.scrollTop += own.bottom - all.bottom
  else if (own.top < all.top) nav.scrollTop -= all.top - own.top
}

/** The page of one page belongs to the list of pages, "pages/$id" to "pages", unless it has an entry of its own. */
function entryOf(here: string | undefined, paths: readonly string[]): string | undefined {
  return paths
    .filter((path) => here === path || (path !== '' && here?.startsWith(`${path}/`)))
    .toSorted((one, other) => other.length - one.length)[0]
}

function Entry({
  entry: { page, label, icon: Icon, badge },
  isCurrent,
}: {
  entry: NavigationEntry
  isCurrent: boolean
}) {
  const words = useWords()
  return (
    <li>
      <Link to={page} aria-current={isCurrent ? 'page' : undefined}>
        <Icon aria-hidden size={16} />
        <span>{words(label)}</span>
        {badge && <Contribution load={badge} props={{}} waiting={null} broken={() => null} />}
      </Link>
    </li>
  )
}
