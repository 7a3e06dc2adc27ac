import { Row, TimeAgo, target, useFormat, useHref, useMessages, usePage } from '@espalier/admin-kit'
import { Score, StatusBadge } from '../badges.tsx'
import { messages as shared } from '../messages.ts'
import { promptPage } from '../pages.ts'
import type { Variant } from '../prompt/Prompt.tsx'
import { messages } from './messages.ts'

/** The versions to choose from, the newest first. */
export function VersionList({ variants, shown }: { variants: readonly Variant[]; shown: Variant }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number } = useFormat()
  const { params, search, setSearch } = usePage(promptPage)
  const href = useHref()
  return (
    <nav aria-label={m.versions}>
      <ol className="prompts-version-list">
        {variants.map(({ id, version, status, score, uses, note, createdAt }) => (
          <li key={id}>
            <a
              href={href(target(promptPage, { params, search: { ...search, version, against: undefined } }))}
              className="prompts-version"
              aria-current={id === shown.id || undefined}
              onClick={(event) => {
                // Another tab is the browser's affair.
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
                event.preventDefault()
                setSearch({ version, against: undefined })
              }}
            >
              <Row spread>
                <strong>{words.version(version)}</strong>
                <StatusBadge status={status} />
              </Row>
              <Row spread>
                <span className="e-small e-muted">
                  {words.score} <Score value={score} /> · {words.uses(number(uses))}
                </span>
                <span className="e-small e-muted">
                  <TimeAgo at={createdAt} />
                </span>
              </Row>
              {note && <span className="e-small e-muted e-truncate">{note}</span>}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}
