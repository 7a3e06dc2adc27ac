import { contrastRatio, parseColor } from './contrast.ts'
import { type Remark, remark } from './finding.ts'

/** Colors that stand on one another, by their CSS variables, and where. */
const pairs = [
  ['text', 'ground', 'text on the page'],
  ['text', 'soft', 'text on soft panels'],
  ['accent', 'ground', 'links on the page'],
  ['on-accent', 'accent', 'the label of buttons'],
] as const

/** Least contrast of text. Source: WCAG 2.2, success criterion 1.4.3, level AA. */
const leastContrast = 4.5

/** Whether the colors of a page's theme can be told apart, in the light and in the dark. */
export function checkTheme(html: string): Remark[] {
  const colors = readVariables(html)
  return pairs.flatMap(([front, back, where]) =>
    (['light', 'dark'] as const).flatMap((scheme) => {
      const [first, second] = [colors.get(front)?.[scheme], colors.get(back)?.[scheme]]
      if (first === undefined || second === undefined) return []
      const [color, ground] = [parseColor(first), parseColor(second)]
      if (!color || !ground)
        return [
          remark('CONTRAST_UNKNOWN', {
            en: `The contrast of ${where} (${first} on ${second}, ${scheme}) cannot be computed. Write both colors as #rrggbb.`,
            fr: `Le contraste (${first} sur ${second}, ${scheme}) ne peut pas être calculé. Écrivez les deux couleurs en #rrggbb.`,
          }),
        ]
      const ratio = contrastRatio(color, ground)
      if (ratio >= leastContrast) return []
      return [
        remark('CONTRAST_LOW', {
          en: `The contrast of ${where} is ${ratio.toFixed(2)} : 1 (${first} on ${second}, ${scheme}). WCAG AA asks for ${leastContrast} : 1: darken one of them or lighten the other.`,
          fr: `Le contraste est de ${ratio.toFixed(2)} : 1 (${first} sur ${second}, ${scheme}). WCAG AA demande ${leastContrast} : 1 : assombrissez l’une des couleurs ou éclaircissez l’autre.`,
        }),
      ]
    }),
  )
}

/** The custom properties of `:root`, later ones over earlier ones, for light and for dark. */
function readVariables(html: string): Map<string, { light: string; dark: string }> {
  const style = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, css]) => css).join('\n')
  const variables = new Map<string, { light: string; dark: string }>()
  for (const [, rule = ''] of style.matchAll(/:root\s*\{([^}]*)\}/g))
    for (const [, name = '', value = ''] of rule.matchAll(/--([\w-]+)\s*:\s*((?:[^;()]|\([^)]*\))+)/g)) {
      const [, light, dark] = /^light-dark\(([^,]+),([^)]+)\)$/.exec(value.trim()) ?? [null, value, value]
      variables.set(name, { light: (light ?? '').trim(), dark: (dark ?? '').trim() })
    }
  return variables
}
