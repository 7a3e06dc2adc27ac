import { type ReactNode, useEffect, useRef } from 'react'

/**
 * What every page is in: its heading, what can be done with it, and its content. Names the tab, and takes the focus
 * when one comes from another page, so that a screen reader says where one is.
 *
 * @param title in words, also for the tab
 * @param lead a line below the heading: what this is for
 * @param breadcrumbs links to what this belongs to, the outermost first
 * @param wide uses the whole width: lists, editors
 */
export function PageFrame({
  title,
  lead,
  badge,
  breadcrumbs,
  actions,
  wide = false,
  children,
}: {
  title: string
  lead?: ReactNode
  badge?: ReactNode
  breadcrumbs?: ReactNode
  actions?: ReactNode
  wide?: boolean
  children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Espalier`
  }, [title])
  useEffect(() => {
    if (arrived) heading.current?.focus({ preventScroll: true })
    arrived = true
  }, [])
  return (
    <div className={wide ? 'e-page e-page-wide' : 'e-page'}>
      <header className="e-page-head">
        {breadcrumbs && <div className="e-page-breadcrumbs">{breadcrumbs}</div>}
        <div className="e-page-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {badge}
          {actions && <div className="e-page-actions">{actions}</div>}
        </div>
        {lead && <p className="e-page-lead">{lead}</p>}
      </header>
      {children}
    </div>
  )
}

/** The first page of a visit leaves the focus where browsers put it. */
let arrived = false
