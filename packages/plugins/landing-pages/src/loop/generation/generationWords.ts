import type { Told } from '@espalier/core'
import { percent, said } from '../said.ts'
import type { Proposed } from './candidate.ts'
import type { Checked } from './checkCandidate.ts'

/** What a new version is told as. @param key of the variant; "approve" where a person is asked first */
export function introductionSummary(key: string, origin: string, parentKey: string | undefined, share: number): Told {
  const part = percent(share)
  const from = parentKey ? said(` from “${parentKey}”`, ` à partir de « ${parentKey} »`) : said('', '')
  const by = origin === 'model' ? said('written by a model', 'écrite par un modèle') : said('recombined', 'recombinée')
  if (key === 'approve')
    return said(
      `A new version, ${by.en}${from.en}, waits for a yes; it would begin with ${part.en} of the visitors.`,
      `Une nouvelle version, ${by.fr}${from.fr}, attend un accord ; elle commencerait avec ${part.fr} des visiteurs.`,
    )
  return said(
    `“${key}” is new, ${by.en}${from.en}; it begins with ${part.en} of the visitors.`,
    `« ${key} » est nouvelle, ${by.fr}${from.fr} ; elle commence avec ${part.fr} des visiteurs.`,
  )
}

/** What became of a proposal when it was looked at. */
export function candidateSummary({ origin, parentKey, instead }: Proposed, { reasons }: Checked): Told {
  const by = origin === 'model' ? said('A model has written', 'Un modèle a écrit') : said('Recombined', 'Recombinée')
  const why = said(reasons.map(({ en }) => en).join(' '), reasons.map(({ fr }) => fr).join(' '))
  const lead = instead ?? said('', '')
  const what = said(
    origin === 'model' ? `${by.en} a version from “${parentKey}”` : `${by.en}: a version from “${parentKey}”`,
    origin === 'model'
      ? `${by.fr} une version à partir de « ${parentKey} »`
      : `${by.fr} : une version à partir de « ${parentKey} »`,
  )
  const then =
    reasons.length === 0
      ? said('it keeps every rule', 'elle respecte toutes les règles')
      : said(`it is refused. ${why.en}`, `elle est refusée. ${why.fr}`)
  return said(
    `${lead.en}${lead.en && ' — '}${what.en}; ${then.en}${reasons.length === 0 ? '.' : ''}`,
    `${lead.fr}${lead.fr && ' — '}${what.fr} ; ${then.fr}${reasons.length === 0 ? '.' : ''}`,
  )
}
