import { Answer, Badge, Link, plainId, Section, Skeleton, useMessages, useQuery } from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import { editorPage } from '../pages.ts'
import { QualityDocument } from '../quality/useQuality.ts'
import { messages } from './messages.ts'
import type { OverviewPage } from './PageOverview.tsx'

/** The most that is shown here; the rest is in the editor. */
const most = 6

/** What visitors would stumble over, each leading to its block in the editor. */
export function QualitySummary({ page }: { page: OverviewPage }) {
  const m = useMessages(messages)
  const { quality } = useMessages(shared)
  const query = useQuery(QualityDocument, { pageId: page.id })
  return (
    <Section title={m.quality}>
      <Answer of={query} skeleton={<Skeleton height="10rem" />}>
        {({ pageQuality: { findings } }) =>
          findings.length === 0 ? (
            <p className="po-quiet">{m.fine}</p>
          ) : (
            <ul className="po-findings">
              {findings.slice(0, most).map(({ code, severity, message, variantKey, blockId }) => (
                <li key={`${code} ${variantKey} ${blockId} ${message}`}>
                  <Badge tone={severity === 'ERROR' ? 'critical' : 'warning'}>
                    {severity === 'ERROR' ? quality.error : quality.warning}
                  </Badge>
                  <Link
                    to={editorPage}
                    params={{ id: plainId(page.id) }}
                    search={{ variant: variantKey, ...(blockId ? { block: blockId } : {}) }}
                  >
                    {message}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Section>
  )
}
