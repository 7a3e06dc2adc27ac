import { plural, type SqlContext, sql } from '@espalier/core'
import pLimit from 'p-limit'
import { type Remark, remark } from './finding.ts'
import type { LinkProbe, Probed } from './linkProbe.ts'
import type { Reading } from './pageReading.ts'

/** Addresses of other sites that are asked for in one check; more are left out. */
const maxProbed = 60

/** Links within the page and to other pages of this installation: known without asking anybody. */
export async function checkOwnLinks(
  context: SqlContext,
  { links, ids }: Reading,
  { pageId, publicUrl }: { pageId: string; publicUrl: string },
): Promise<Remark[]> {
  const remarks: Remark[] = []
  const [workspace] = await context.db.query<{ slug: string }>(sql`select "slug" from "Workspace"`)
  const pages = new Set<string>()
  const rows = await context.db.query<{ slug: string }>(
    sql`select "slug" from "Page" where "status" = 'active' or "id" = ${pageId}`,
  )
  for (const { slug } of rows) pages.add(slug)
  for (const { href, text, blockId } of links) {
    const name = text.trim() || href
    if (href.startsWith('#')) {
      const id = decoded(href.slice(1))
      // An empty fragment and "top" lead to the top of every page.
      if (id === '' || id === 'top' || ids.has(id)) continue
      remarks.push(
        remark(
          'ANCHOR_MISSING',
          {
            en: `The link "${name}" leads to #${id}, and no block of the page has that anchor. Give a block the anchor "${id}", or change the link.`,
            fr: `Le lien « ${name} » mène à #${id}, et aucun bloc de la page n’a cette ancre. Donnez l’ancre « ${id} » à un bloc, ou changez le lien.`,
          },
          blockId,
        ),
      )
      continue
    }
    const path = ownPath(href, publicUrl)
    const [, workspaceSlug, slug] = /^\/p\/([^/?#]+)\/([^/?#]+)\/?(?:[?#].*)?$/.exec(path ?? '') ?? []
    if (workspaceSlug !== workspace?.slug || !slug || pages.has(decoded(slug))) continue
    remarks.push(
      remark(
        'LINKED_PAGE_MISSING',
        {
          en: `The link "${name}" leads to the page "${slug}", which does not exist or is not public. Publish it first, or change the link.`,
          fr: `Le lien « ${name} » mène à la page « ${slug} », qui n’existe pas ou n’est pas publique. Publiez-la d’abord, ou changez le lien.`,
        },
        blockId,
      ),
    )
  }
  return remarks
}

/** Links and images of other sites, asked for one by one. What they answer is out of our hands, so nothing here blocks. */
export async function checkForeignLinks(
  { links, images }: Reading,
  publicUrl: string,
  probe: LinkProbe,
): Promise<Remark[]> {
  const wanted = [
    ...links.map(({ href, blockId }) => ({ address: href, blockId, what: 'link' as const })),
    ...images.map(({ src, blockId }) => ({ address: src, blockId, what: 'image' as const })),
  ].filter(
    ({ address }) =>
      /^https?:\/\//i.test(address) && URL.canParse(address) && ownPath(address, publicUrl) === undefined,
  )
  const all = [...new Set(wanted.map(({ address }) => address))]
  const addresses = all.slice(0, maxProbed)
  const limit = pLimit(6)
  const answers = new Map(
    await Promise.all(addresses.map((address) => limit(async () => [address, await probe.probe(address)] as const))),
  )
  const found = wanted.flatMap(({ address, blockId, what }) => {
    const answer = answers.get(address)
    return answer ? verdictOn(address, what, answer).map((found) => ({ ...found, blockId })) : []
  })
  const left = all.length - addresses.length
  if (left > 0)
    found.push(
      remark('LINK_UNCHECKED', {
        en: `${left} more ${plural.en(left, 'address', 'addresses')} of other sites ${plural.en(left, 'was', 'were')} not asked: a check asks ${maxProbed}, from the top of the page. Open them in a browser. ${doesNotBlock.en}`,
        fr: `${left} ${plural.fr(left, 'autre adresse', 'autres adresses')} d’autres sites ${plural.fr(left, 'n’a pas été essayée', 'n’ont pas été essayées')} : une vérification en essaie ${maxProbed}, depuis le haut de la page. Ouvrez-les dans un navigateur. ${doesNotBlock.fr}`,
      }),
    )
  return found
}

/** Said with everything about other sites: people who read of a broken link wonder whether it holds them up. */
const doesNotBlock = {
  en: 'The page can be published all the same: what other sites answer may change at any time.',
  fr: 'La page peut être publiée quand même : ce que répondent d’autres sites peut changer à tout moment.',
}

function verdictOn(address: string, what: 'link' | 'image', answer: Probed): Remark[] {
  const subject =
    what === 'link'
      ? { en: `The link to ${address}`, fr: `Le lien vers ${address}` }
      : { en: `The image at ${address}`, fr: `L’adresse d’image ${address}` }
  const broken = what === 'link' ? 'LINK_BROKEN' : 'IMAGE_BROKEN'
  switch (answer.kind) {
    case 'private':
      return [
        remark('LINK_PRIVATE', {
          en: `${subject.en} leads into a private network, which visitors cannot reach. Use a public address. ${doesNotBlock.en}`,
          fr: `${subject.fr} mène dans un réseau privé, que les visiteurs n’atteignent pas. Utilisez une adresse publique. ${doesNotBlock.fr}`,
        }),
      ]
    case 'unreachable':
      return [
        remark(broken, {
          en: `${subject.en} cannot be reached: ${answer.reason}. Open it in a browser: correct the address if it is wrong, or take the ${what} away. ${doesNotBlock.en}`,
          fr: `${subject.fr} est injoignable (${answer.reason}). Ouvrez-le dans un navigateur : corrigez l’adresse si elle est fausse, ou retirez-le. ${doesNotBlock.fr}`,
        }),
      ]
    case 'answered':
      if (answer.status < 400) return []
      if (answer.status === 404 || answer.status === 410)
        return [
          remark(broken, {
            en: `${subject.en} is gone (${answer.status}). Change it or take it away. ${doesNotBlock.en}`,
            fr: `${subject.fr} n’existe plus (${answer.status}). Changez-le ou retirez-le. ${doesNotBlock.fr}`,
          }),
        ]
      return [
        remark('LINK_UNCHECKED', {
          en: `${subject.en} answers ${answer.status} to a check. Open it in a browser to see whether it works; some sites refuse checks. ${doesNotBlock.en}`,
          fr: `${subject.fr} répond ${answer.status} à une vérification. Ouvrez-le dans un navigateur pour voir s’il marche ; certains sites refusent les vérifications. ${doesNotBlock.fr}`,
        }),
      ]
  }
}

/** Path of an address on this installation, or undefined for other sites. */
function ownPath(address: string, publicUrl: string): string | undefined {
  if (address.startsWith('/') && !address.startsWith('//')) return address
  if (!URL.canParse(address)) return undefined
  const { origin, pathname, search, hash } = new URL(address)
  return origin === new URL(publicUrl).origin ? pathname + search + hash : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
