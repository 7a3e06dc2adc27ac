import { Badge, Link, Meter, plainId, TimeAgo, Tooltip, useFormat, useMessages } from '@espalier/admin-kit'
import { editorPage } from '../pages.ts'
import { messages } from './messages.ts'
import type { OverviewPage } from './PageOverview.tsx'

/** The versions of a page, in order, with how well each converts. */
export function VariantTable({ page, mayWrite }: { page: OverviewPage; mayWrite: boolean }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  return (
    <ul className="po-variants">
      {page.variants.map(
        ({ id, key, status, hasUnpublishedChanges, performanceScore, createdByType, ...variant }, index) => (
          <li key={id}>
            <span className="po-variant">
              {mayWrite ? (
                <Link to={editorPage} params={{ id: plainId(page.id) }} search={{ variant: key }}>
                  {key}
                </Link>
              ) : (
                <b>{key}</b>
              )}
              <small>
                {[
                  index === 0 && m.first,
                  variant.parent && m.from(variant.parent.key),
                  createdByType === 'SYSTEM'
                    ? m.made(m.system)
                    : variant.createdByName && m.made(variant.createdByName),
                ]
                  .filter(Boolean)
                  .join(', ')}
              </small>
            </span>
            <span className="po-badges">
              <Badge tone={status === 'ACTIVE' ? 'positive' : 'neutral'}>
                {status === 'ACTIVE' ? m.live : m.draft}
              </Badge>
              {hasUnpublishedChanges && status === 'ACTIVE' && <Badge tone="warning">{m.unpublished}</Badge>}
            </span>
            <span className="po-score">
              {typeof performanceScore === 'number' ? (
                <Meter
                  label={m.score}
                  labelHidden
                  value={performanceScore}
                  max={100}
                  valueLabel={`${m.score} ${number(performanceScore, 1)}`}
                />
              ) : null}
              {typeof performanceScore === 'number' && (
                <Tooltip content={m.scoreHint}>
                  <span>{`${m.score} ${number(performanceScore, 1)}`}</span>
                </Tooltip>
              )}
            </span>
            <TimeAgo at={variant.updatedAt} />
          </li>
        ),
      )}
    </ul>
  )
}
