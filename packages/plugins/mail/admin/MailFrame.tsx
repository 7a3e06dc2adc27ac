import { Link, PageFrame, useMessages } from '@espalier/admin-kit'
import type { ReactNode } from 'react'
import { messages } from './messages.ts'
import { daysPage, outboxPage, suppressionsPage, templatesPage, transportPage } from './pages.ts'
import './mail.css'

/** The pages of mail side by side. */
export function MailFrame({
  title,
  lead,
  actions,
  wide = false,
  children,
}: {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  wide?: boolean
  children: ReactNode
}) {
  const m = useMessages(messages)
  return (
    <PageFrame title={title} lead={lead} actions={actions} wide={wide}>
      <nav aria-label={m.parts} className="mail-parts">
        <Link to={outboxPage} exact>
          {m.outbox}
        </Link>
        <Link to={templatesPage}>{m.templates}</Link>
        <Link to={suppressionsPage}>{m.suppressions}</Link>
        <Link to={daysPage}>{m.days}</Link>
        <Link to={transportPage}>{m.transport}</Link>
      </nav>
      {children}
    </PageFrame>
  )
}
