import { InvalidInputError, issueTold } from '@espalier/core'
import type { Catalog } from '../../blocks/catalog.ts'
import { type PageContent, pageContent } from '../../content.ts'
import type { QualityChecks } from '../../quality/pageQuality.ts'
import { contentHash } from '../brain/index.ts'
import type { Turn } from '../turn.ts'
import type { Against, Proposed } from './candidate.ts'
import { checkKept } from './keptFacts.ts'
import { checkOwnRules, isNearDuplicate } from './ownRules.ts'
import { type Reason, reason } from './reason.ts'

export interface Checked {
  /** As the page's schema has it; as it came where that does not take it. */
  readonly content: unknown
  /** {@link contentHash}, in hexadecimal; of nothing where the content is none. */
  readonly hash: string
  /** Why it is refused; none: it may be shown. */
  readonly reasons: readonly Reason[]
}

/**
 * Looks at a proposed version as at anything that comes from outside: the schema of pages, the rules of the workspace, what has to
 * stay, what was there before, and the checks that a person's page has to pass.
 */
export async function checkCandidate(
  { context, page, rules }: Pick<Turn, 'context' | 'page' | 'rules'>,
  { content: given }: Pick<Proposed, 'content'>,
  { parent, known, hashes }: Against,
  { catalog, quality }: { readonly catalog: Catalog; readonly quality: Pick<QualityChecks, 'refuseBroken'> },
): Promise<Checked> {
  const parsed = pageContent(catalog).safeParse(given)
  if (!parsed.success) {
    const reasons = parsed.error.issues.slice(0, 20).map((issue) => {
      const place = issue.path.join('.') || 'content'
      const { en, fr } = issueTold(issue, given)
      return reason('CONTENT_INVALID', `${place} ${en}.`, `${place} ${fr}.`)
    })
    return { content: given ?? null, hash: '', reasons }
  }
  // As the database will have it: without what is undefined.
  const content = JSON.parse(JSON.stringify(parsed.data)) as PageContent
  const hash = contentHash(content)
  const current = page.variants.flatMap(({ published }) => published ?? [])
  const reasons = [
    ...checkKept(content, { parent, current, known, facts: rules.requiredFacts }),
    ...checkOwnRules(content, rules, page.language, parent),
    ...checkDuplicate(content, hash, known, hashes),
  ]
  if (reasons.length === 0) reasons.push(...(await broken()))
  return { content, hash, reasons }

  /** What would be broken for visitors. */
  async function broken(): Promise<Reason[]> {
    const { id, slug, language } = page
    try {
      await quality.refuseBroken(context, { id, slug, language, variants: [{ key: 'new', content }] })
      return []
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      return error.issues.map(({ code, message, path }) =>
        reason(code, message.en, message.fr, path.split('.')[2] ?? null),
      )
    }
  }
}

function checkDuplicate(
  content: PageContent,
  hash: string,
  known: readonly PageContent[],
  hashes: ReadonlySet<string>,
): Reason[] {
  if (hashes.has(hash) || known.some((other) => contentHash(other) === hash))
    return [
      reason(
        'DUPLICATE',
        'The page has or had this very version, or it was proposed before.',
        'La page a ou a eu exactement cette version, ou elle a déjà été proposée.',
      ),
    ]
  if (!known.some((other) => isNearDuplicate(content, other))) return []
  return [
    reason(
      'NEAR_DUPLICATE',
      'The page has or had nearly this version: trying it would teach nothing.',
      'La page a ou a eu presque cette version : l’essayer n’apprendrait rien.',
    ),
  ]
}
