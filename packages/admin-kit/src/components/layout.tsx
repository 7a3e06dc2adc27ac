import { type CSSProperties, type ReactNode, useId } from 'react'
import './layout.css'

/** A distance, in steps of the theme. */
export type Gap = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 8 | 12

const gap = (steps: Gap): CSSProperties => ({ gap: steps === 0 ? 0 : `var(--space-${steps})` })

/** Things below each other. @param gap in steps of 4 px, default 4 */
export function Stack({ gap: steps = 4, children }: { gap?: Gap; children: ReactNode }) {
  return (
    <div className="e-stack" style={gap(steps)}>
      {children}
    </div>
  )
}

/** Things beside each other, in more lines where they do not fit. @param gap in steps of 4 px, default 2 */
export function Row({
  gap: steps = 2,
  align = 'center',
  spread = false,
  children,
}: {
  gap?: Gap
  align?: 'center' | 'top' | 'baseline' | 'end'
  /** The first at the start, the last at the end. */
  spread?: boolean
  children: ReactNode
}) {
  const aligned = align === 'center' ? '' : ` e-row-${align}`
  return (
    <div className={`e-row${aligned}${spread ? ' e-row-spread' : ''}`} style={gap(steps)}>
      {children}
    </div>
  )
}

/** Equal columns, as many as there is room for. @param min CSS length that a column needs, default 16rem */
export function Columns({ min, children }: { min?: string; children: ReactNode }) {
  return (
    <div className="e-columns" style={min === undefined ? undefined : ({ '--column': min } as CSSProperties)}>
      {children}
    </div>
  )
}

/** What a {@link Section} takes. */
export interface SectionProps {
  title: ReactNode
  /** Read and pressed beside the title. */
  badge?: ReactNode
  /** A line on what this is. */
  lead?: ReactNode
  actions?: ReactNode
  /** Level of the heading, default 2. */
  level?: 2 | 3 | 4
  children?: ReactNode
}

/** A part of a page under a heading. */
export function Section(props: SectionProps) {
  const id = useId()
  return (
    <section className="e-section" aria-labelledby={id}>
      <SectionHead {...props} id={id} />
      {props.children}
    </section>
  )
}

/** Something on a ground of its own, with a heading or without. */
export function Card({ title, children, ...head }: Omit<SectionProps, 'title'> & { title?: ReactNode }) {
  const id = useId()
  if (title === undefined) return <div className="e-card">{children}</div>
  return (
    <section className="e-card" aria-labelledby={id}>
      <SectionHead {...head} title={title} id={id} />
      {children}
    </section>
  )
}

function SectionHead({ title, badge, lead, actions, level = 2, id }: SectionProps & { id: string }) {
  const Heading = `h${level}` as const
  return (
    <header className="e-section-head">
      <div className="e-section-title">
        <Heading id={id}>{title}</Heading>
        {badge}
      </div>
      {actions && <Row>{actions}</Row>}
      {lead && <p className="e-section-lead">{lead}</p>}
    </header>
  )
}

/** What is known about one thing: names and values. Leaves out what is undefined. */
export function DescriptionList({
  items,
}: {
  items: readonly (readonly [term: string, description: ReactNode] | undefined | false)[]
}) {
  return (
    <dl className="e-description">
      {items.map((item) =>
        item && item[1] !== undefined ? (
          <div key={item[0]} style={{ display: 'contents' }}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
