import type { Season } from './season.ts'
import { days } from './taste.ts'

const [width, height] = [760, 400]
const plot = { left: 64, right: 590, top: 24, bottom: 344 }

/** Colors that also differ in lightness, so that a print in grey still tells them apart. */
const colors: Readonly<Record<string, string>> = {
  'original alone': '#8a8f98',
  'fixed split': '#b0862c',
  'bandit alone': '#2f6fb5',
  'bandit over all drafts': '#6a4fa3',
  'whole loop': '#1c7c4a',
  oracle: '#c2c7cf',
}

/** Conversions a day against the original, mean of all seeds over seven days each, as an SVG by itself. */
export function chartOf(seasons: ReadonlyMap<string, readonly Season[]>): string {
  const originals = weekly(seasons.get('original alone') ?? [])
  const lines = [...seasons].map(([name, own]) => ({
    name,
    values: weekly(own).map((value, day) => (100 * value) / (originals[day] as number) - 100),
  }))
  const all = lines.flatMap(({ values }) => values)
  const step = 25
  const [least, most] = [Math.floor(Math.min(...all) / step) * step, Math.ceil(Math.max(...all) / step) * step]
  const x = (day: number) => plot.left + ((plot.right - plot.left) * day) / (days - 1)
  const y = (value: number) => plot.bottom - ((plot.bottom - plot.top) * (value - least)) / (most - least)
  const ticks = Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step)
  const grid = ticks.map(
    (tick) =>
      `<path d="M${plot.left} ${y(tick).toFixed(1)}H${plot.right}" stroke="#d5d9e0"${tick === 0 ? ' stroke-width="2"' : ''}/><text x="${plot.left - 8}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${tick > 0 ? '+' : ''}${tick} %</text>`,
  )
  const dates = [1, 10, 20, 30, 40, 50, 60].map(
    (day) => `<text x="${x(day - 1).toFixed(1)}" y="${plot.bottom + 20}" text-anchor="middle">${day}</text>`,
  )
  const names = [...lines].sort((a, b) => (b.values.at(-1) as number) - (a.values.at(-1) as number))
  let lowest = Number.NEGATIVE_INFINITY
  const labels = names.map(({ name, values }) => {
    lowest = Math.max(y(values.at(-1) as number) + 4, lowest + 16)
    return `<text x="${plot.right + 8}" y="${lowest.toFixed(1)}" fill="${name === 'oracle' ? '#6b717c' : colors[name]}">${name}</text>`
  })
  const paths = lines.map(
    ({ name, values }) =>
      `<path fill="none" stroke="${colors[name]}" stroke-width="${name === 'whole loop' ? 3 : 2}" d="M${values.map((value, day) => `${x(day).toFixed(1)} ${y(value).toFixed(1)}`).join('L')}"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui,sans-serif" font-size="12" fill="#3a404a" role="img" aria-label="Conversions against the original over 60 days, by regime">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...grid, ...dates, ...paths, ...labels].join('\n')}
<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 42}" text-anchor="middle">day</text>
</svg>
`
}

/** Conversions by day over all seeds, each day with the three before and after it: weekdays are no progress. */
function weekly(seasons: readonly Season[]): number[] {
  return Array.from({ length: days }, (_, day) => {
    const window = Array.from({ length: 7 }, (__, index) => day - 3 + index).filter((near) => near >= 0 && near < days)
    const sum = window.reduce(
      (total, near) => total + seasons.reduce((inner, { byDay }) => inner + (byDay[near] as number), 0),
      0,
    )
    return sum / window.length
  })
}
