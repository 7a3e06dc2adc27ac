import type { ReactNode } from 'react'
import { useFormat } from '../language/format.ts'
import { defineMessages, useMessages } from '../language/messages.ts'
import { TargetLink } from '../routing/navigation.tsx'
import type { AnyTarget } from '../routing/router.ts'
import './dashboard.css'

const messages = defineMessages({
  en: { before: (value: string) => `${value} before`, nothingBefore: 'nothing before' },
  fr: { before: (value: string) => `${value} avant`, nothingBefore: 'rien avant' },
})

/**
 * One number that people look for: what it is, how much, how that compares, and the way to where it comes from. It keeps
 * its place while it changes.
 *
 * @param value in words; undefined while it is asked for
 * @param now with `before`: the same as numbers, for the change between them. Of ten times as much, a percentage says nothing
 * @param better which way is good news: `none` colors neither
 */
export function Stat({
  label,
  value,
  now,
  before,
  formatBefore,
  better = 'up',
  to,
  detail,
  children,
}: {
  label: string
  value: string | undefined
  now?: number | null | undefined
  before?: number | null | undefined
  formatBefore?: (value: number) => string
  better?: 'up' | 'down' | 'none'
  to?: AnyTarget
  /** A quiet line below, instead of the comparison. */
  detail?: ReactNode
  /** Drawn beside the number: a sparkline. */
  children?: ReactNode
}) {
  const m = useMessages(messages)
  const { change, number } = useFormat()
  const written = formatBefore ?? ((figure: number) => number(figure))
  const compares = typeof now === 'number' && typeof before === 'number'
  const moved = compares && before !== 0 ? (now - before) / Math.abs(before) : undefined
  const shown = value ?? '–'
  return (
    <div className="e-stat">
      <span className="e-stat-label">{label}</span>
      <span className="e-stat-line">
        {to ? (
          <TargetLink to={to} className="e-stat-value">
            {shown}
          </TargetLink>
        ) : (
          <span className="e-stat-value">{shown}</span>
        )}
        {children}
      </span>
      <span className="e-stat-change">
        {detail ??
          (compares && (
            <>
              {moved !== undefined && Math.abs(moved) < 10 && (
                <strong data-news={news(moved, better)}>{change(moved)}</strong>
              )}{' '}
              <span>{before === 0 ? m.nothingBefore : m.before(written(before))}</span>
            </>
          ))}
      </span>
    </div>
  )
}

/** Less than half a per cent is neither good nor bad. */
function news(moved: number, better: 'up' | 'down' | 'none'): 'good' | 'bad' | undefined {
  if (better === 'none' || Math.abs(moved) < 0.005) return undefined
  return moved > 0 === (better === 'up') ? 'good' : 'bad'
}
