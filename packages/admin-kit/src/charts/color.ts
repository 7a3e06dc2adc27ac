/** One of the eight colors that stay apart, 1 to 8; or a tone with a meaning. */
export type ChartColor = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 'positive' | 'critical' | 'warning' | 'info' | 'muted'

/** Sets the color that what is inside draws with (`currentColor`). */
export function drawnIn(color: ChartColor | undefined, index: number): { color: string } {
  const chosen = color ?? (index % 8) + 1
  if (chosen === 'muted') return { color: 'var(--text-faint)' }
  return { color: typeof chosen === 'number' ? `var(--chart-${chosen})` : `var(--${chosen})` }
}
