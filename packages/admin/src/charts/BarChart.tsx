import { scale, ticks } from './scale.ts'

export interface Bar {
  /** What the bar stands for: "Mon 3". */
  readonly label: string
  /** Parts from the bottom, in the order of `parts`. */
  readonly values: readonly number[]
}

/**
 * Stacked bars, such as costs by day. The numbers stand in a table beside it, which the caller shows to those who do not
 * see the drawing: it is hidden from them.
 *
 * @param parts what the parts are called, 1 to 3
 * @param format how a value is written on the axis
 */
export function BarChart({
  bars,
  parts,
  format,
}: {
  bars: readonly Bar[]
  parts: readonly string[]
  format: (value: number) => string
}) {
  const width = 640
  const height = 180
  const left = 76
  const bottom = 22
  const most = Math.max(...bars.map(({ values }) => sum(values)), 0)
  const y = scale(0, most || 1, height - bottom, 8)
  const step = (width - left) / Math.max(1, bars.length)
  const every = Math.ceil(bars.length / 10)
  return (
    <figure className="chart" aria-hidden="true">
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: hidden from those who do not see it; a table says the same */}
      <svg viewBox={`0 0 ${width} ${height}`}>
        {ticks(0, most).map((value) => (
          <g key={value}>
            <line className="grid" x1={left} x2={width} y1={y(value)} y2={y(value)} />
            <text x={left - 6} y={y(value)} dy="0.35em" textAnchor="end">
              {format(value)}
            </text>
          </g>
        ))}
        {bars.map(({ label, values }, index) => (
          <g key={label}>
            {values.map((value, part) => {
              const below = sum(values.slice(0, part))
              return (
                <rect
                  key={parts[part]}
                  className={`part-${part}`}
                  x={left + index * step + step * 0.15}
                  width={step * 0.7}
                  y={y(below + value)}
                  height={Math.max(0, y(below) - y(below + value))}
                />
              )
            })}
            {index % every === 0 && (
              <text x={left + (index + 0.5) * step} y={height - 6} textAnchor="middle">
                {label}
              </text>
            )}
          </g>
        ))}
      </svg>
      {parts.length > 1 && (
        <figcaption className="row">
          {parts.map((part, index) => (
            <span key={part}>
              <span className={`swatch part-${index}`} /> {part}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
