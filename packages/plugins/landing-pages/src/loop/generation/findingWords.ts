import type { FindingCode } from '../../quality/finding.ts'

/**
 * What a check of a publication says, in French. Checks speak English; what they quote (links, anchors, ids) stands between
 * quotation marks there and is quoted here.
 */
export function findingInFrench(code: string, message: string): string {
  const sentence = (french as Readonly<Record<string, string>>)[code] ?? 'Cette version ne pourrait pas être publiée'
  const quoted = [...message.matchAll(/"([^"]*)"/g)].map(([, words]) => `« ${words} »`)
  return quoted.length > 0 ? `${sentence} : ${[...new Set(quoted)].join(', ')}.` : `${sentence}.`
}

/** Of those that keep a page from being published. */
const french: Partial<Record<FindingCode, string>> = {
  CONTENT_INVALID: 'Le contenu ne correspond pas au schéma de son bloc',
  ANCHOR_MISSING: 'Un lien mène à une ancre qu’aucun bloc de la page ne porte',
  LINKED_PAGE_MISSING: 'Un lien mène à une page qui n’existe pas ou n’est pas publique',
  IMAGE_MISSING: 'Une image n’existe pas, ou plus, dans cet espace de travail',
}
