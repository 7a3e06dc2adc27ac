import type { ChartColor } from '@espalier/admin-kit'

/** The color of a variant in every drawing of its experiment: the control is quiet, the others go by their place. */
export function colorOf(variants: readonly { readonly key: string }[], key: string): ChartColor {
  const place = variants.findIndex((variant) => variant.key === key)
  return place <= 0 ? 'muted' : ((((place - 1) % 8) + 1) as ChartColor)
}
