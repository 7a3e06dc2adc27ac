import { ButtonLink, Link, PageFrame, useMessages, useViewer } from '@espalier/admin-kit'
import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { alertsPage, newRulePage, rulesPage } from '../pages.ts'
import { messages } from './messages.ts'
import '../operations.css'

/** Alerts and the rules that raise them, side by side. */
export function AlertsFrame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  return (
    <PageFrame
      title={title}
      lead={lead}
      wide
      actions={
        viewer.may('operations:write') && (
          <ButtonLink to={newRulePage} icon={Plus} variant="primary">
            {m.newRule}
          </ButtonLink>
        )
      }
    >
      <nav aria-label={m.parts} className="operations-parts">
        <Link to={alertsPage} exact>
          {m.alerts}
        </Link>
        <Link to={rulesPage}>{m.rules}</Link>
      </nav>
      {children}
    </PageFrame>
  )
}
