import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../src/theme/tokens.css'), 'utf8')
const schemes = ['light', 'dark'] as const
type Scheme = (typeof schemes)[number]
type Triple = readonly [number, number, number]

/** How colors look to people without one kind of cones: Machado, Oliveira, Fernandes (2009), table 1, severity 1. */
const vision: Record<string, (color: Triple) => Triple> = {
  'all cones': (color) => color,
  protanopia: through(
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ),
  deuteranopia: through([0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]),
  tritanopia: through([1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]),
}

describe.each(schemes)('In the %s theme', (scheme) => {
  const color = (name: string) => token(name, scheme)
  const grounds = ['ground', 'panel', 'raised', 'sunken', 'hover', 'selected']

  test.each(grounds)('words are read on %s: 4.5:1 (WCAG 2.2, 1.4.3)', (ground) => {
    for (const ink of ['text', 'text-muted', 'text-faint', 'accent', 'critical', 'positive', 'warning', 'info'])
      expect(contrast(color(ink), color(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })

  test.each([
    ['on-accent', 'accent'],
    ['on-accent', 'accent-hover'],
    ['on-accent', 'accent-pressed'],
    ['on-critical', 'critical'],
    ['on-critical', 'critical-hover'],
    ['text', 'pressed'],
    ['text', 'neutral-soft'],
    ['text-muted', 'neutral-soft'],
    ['positive', 'positive-soft'],
    ['warning', 'warning-soft'],
    ['critical', 'critical-soft'],
    ['info', 'info-soft'],
    ['text', 'positive-soft'],
    ['text', 'warning-soft'],
    ['text', 'critical-soft'],
    ['text', 'info-soft'],
    ['text', 'accent-soft'],
    ['text', 'added'],
    ['text', 'added-strong'],
    ['text', 'removed'],
    ['text', 'removed-strong'],
    ['text-muted', 'added'],
    ['text-muted', 'removed'],
  ])('%s is read on %s: 4.5:1', (ink, ground) => {
    expect(contrast(color(ink), color(ground))).toBeGreaterThanOrEqual(4.5)
  })

  test('edges of controls and the ring of the focus are seen: 3:1 (1.4.11, 2.4.13)', () => {
    for (const line of ['line-strong', 'focus'])
      for (const ground of grounds)
        expect(contrast(color(line), color(ground)), `${line} on ${ground}`).toBeGreaterThanOrEqual(3)
  })

  test('colors of charts are seen on panels: 3:1', () => {
    for (const chart of charts(scheme)) expect(contrast(chart, color('panel'))).toBeGreaterThanOrEqual(3)
  })

  // Distances in Oklab, times 100: around 2 is just seen side by side.
  test.each(Object.entries(vision))('colors of charts are told apart with %s', (name, simulate) => {
    const seen = charts(scheme).map((chart) => oklab(simulate(linear(chart))))
    const distances = seen.flatMap((one, index) => seen.slice(0, index).map((other) => distance(one, other)))
    expect(distances).toHaveLength(28)
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(name === 'all cones' ? 15 : 11)
  })
})

test('the measures are right: contrast of black and white is 21, of #767676 on white 4.54 (WebAIM)', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
})

function charts(scheme: Scheme): string[] {
  return Array.from({ length: 8 }, (_, index) => token(`chart-${index + 1}`, scheme))
}

function token(name: string, scheme: Scheme): string {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\);`).exec(css)
  const color = found?.[scheme === 'light' ? 1 : 2]
  if (color === undefined) throw new Error(`tokens.css has no color --${name} for both themes.`)
  return color
}

/** Relative luminance and contrast: WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [high, low] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance([red, green, blue]: Triple): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** sRGB without its curve (IEC 61966-2-1). */
function linear(hex: string): Triple {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(1), part(3), part(5)]
}

/** Björn Ottosson, A perceptual color space for image processing (2020). */
function oklab([red, green, blue]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function distance(one: Triple, other: Triple): number {
  return 100 * Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
}

function through(...rows: readonly [Triple, Triple, Triple]): (color: Triple) => Triple {
  return ([red, green, blue]) =>
    rows.map((row) => Math.min(1, Math.max(0, row[0] * red + row[1] * green + row[2] * blue))) as unknown as Triple
}
