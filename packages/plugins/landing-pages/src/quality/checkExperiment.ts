import { type Experiment, shownVariants } from '@espalier/experiments'
import { type Finding, findingOf, remark } from './finding.ts'

/** A page, as far as its experiment is concerned. */
export interface PageOfExperiment {
  readonly status: string
  /** In order, the archived ones left out. */
  readonly variants: readonly { readonly key: string; readonly published: unknown }[]
}

/** Whether a page has what its experiment shows, and nothing that it shows nobody. */
export function checkExperiment({ status, variants }: PageOfExperiment, experiment: Experiment): Finding[] {
  const { name } = experiment
  const shown = shownVariants(experiment)
  if (shown.length === 0) return []
  const isPublic = status === 'active'
  const findings: Finding[] = []
  const find = (key: string, ...found: Parameters<typeof remark>) => findings.push(findingOf(key, remark(...found)))
  for (const { key } of shown) {
    const variant = variants.find((candidate) => candidate.key === key)
    if (!variant)
      find(key, 'VARIANT_MISSING', {
        en: `The experiment "${name}" has the variant "${key}", and this page has none of that key: whoever is to get it sees the first, and does not count. Add it to the page, or take it out of the experiment.`,
        fr: `L’expérience « ${name} » a la variante « ${key} », que cette page n’a pas : qui devrait la recevoir voit la première, et ne compte pas. Ajoutez-la à la page, ou retirez-la de l’expérience.`,
      })
    else if (isPublic && variant.published === null)
      find(key, 'VARIANT_UNPUBLISHED', {
        en: `The experiment "${name}" has the variant "${key}", which is not published: whoever is to get it sees the first, and does not count. Publish the page.`,
        fr: `L’expérience « ${name} » a la variante « ${key} », qui n’est pas publiée : qui devrait la recevoir voit la première, et ne compte pas. Publiez la page.`,
      })
  }
  for (const { key } of variants)
    if (experiment.completedAt === null && !shown.some((candidate) => candidate.key === key))
      find(key, 'VARIANT_UNUSED', {
        en: `The experiment "${name}" gives nobody the variant "${key}". Archive it, or add it to the experiment.`,
        fr: `L’expérience « ${name} » ne donne à personne la variante « ${key} ». Archivez-la, ou ajoutez-la à l’expérience.`,
      })
  const [control] = experiment.variants
  const [first] = variants
  if (experiment.completedAt === null && control && first && first.key !== control.key)
    find(first.key, 'CONTROL_NOT_FIRST', {
      en: `"${first.key}" is the first variant of this page, which everybody sees who takes no part, and "${control.key}" the control of the experiment "${name}". Put "${control.key}" first, so that both see the same.`,
      fr: `« ${first.key} » est la première variante de cette page, vue par qui ne participe pas, et « ${control.key} » la référence de l’expérience « ${name} ». Mettez « ${control.key} » en premier, pour que tous voient la même.`,
    })
  return findings
}
