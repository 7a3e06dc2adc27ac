/** Red, green, blue, each from 0 to 255. */
export type Color = readonly [number, number, number]

/** A color as CSS writes it in hexadecimals; undefined for other ways. */
export function parseColor(text: string): Color | undefined {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1]
  if (!digits) return undefined
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) as string[])
  return pairs.map((pair) => Number.parseInt(pair, 16)) as unknown as Color
}

/**
 * How far two colors stand apart, from 1 (the same) to 21 (black and white).
 *
 * (L1 + 0.05) / (L2 + 0.05), the lighter first, with the relative luminance L of sRGB.
 * Source: WCAG 2.2, definitions of "contrast ratio" and "relative luminance".
 */
export function contrastRatio(first: Color, second: Color): number {
  const [lighter, darker] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: Color): number {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
