import { SegmentedControl, ThemeChoice, useLanguage, useMessages } from '@espalier/admin-kit'
import { type ReactNode, useEffect, useRef } from 'react'
import { messages } from './messages.ts'
import './entrance.css'

/**
 * What is shown before one is in: the name of the product, a heading that takes the focus when it changes, and the choice of
 * language and look, which hold at once.
 */
export function EntranceFrame({
  title,
  lead,
  wide = false,
  children,
}: {
  title: string
  lead?: ReactNode
  wide?: boolean
  children?: ReactNode
}) {
  const m = useMessages(messages)
  const { language, choose } = useLanguage()
  const heading = useRef<HTMLHeadingElement>(null)
  const shown = useRef(title)
  useEffect(() => {
    document.title = `${title} · Espalier`
    // The first heading of a visit leaves the focus where browsers put it.
    if (shown.current !== title) heading.current?.focus()
    shown.current = title
  }, [title])
  return (
    <div className="entrance">
      <header className="entrance-head">
        <span className="entrance-name">{m.product}</span>
        <div className="entrance-choices">
          <SegmentedControl
            label={m.language}
            options={[
              { id: 'en', label: m.languages.en },
              { id: 'fr', label: m.languages.fr },
            ]}
            value={language}
            onChange={choose}
          />
          <ThemeChoice />
        </div>
      </header>
      <main className={wide ? 'entrance-card entrance-wide' : 'entrance-card'}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <p className="entrance-lead">{lead}</p>}
        {children}
      </main>
    </div>
  )
}
