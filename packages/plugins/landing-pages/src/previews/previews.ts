import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  may,
  NotFoundError,
  type SqlContext,
  sql,
  TokenSigner,
  type WorkspaceContext,
} from '@espalier/core'
import { z } from 'zod'
import { authorOf } from '../history/author.ts'
import type { UnpublishedPage } from './unpublishedPage.ts'

/** How long a preview link may live. Milliseconds. */
const longestMs = 30 * 24 * 3600_000
/** How long it lives where nothing else is said. Milliseconds. */
const usualMs = 7 * 24 * 3600_000

const previewFacts = z.object({
  /** Workspace. */
  w: z.string(),
  /** The link itself: what revokes it. */
  l: z.string(),
  /** When the link ends, milliseconds since 1970. */
  x: z.number(),
})

/** Links that show a draft to whoever holds one, until they expire or are revoked. */
export class Previews {
  readonly publicUrl: string
  readonly #tokens: TokenSigner<z.output<typeof previewFacts>>

  /** @param publicUrl where browsers reach this installation */
  constructor(publicUrl: string, secret: Buffer) {
    this.publicUrl = publicUrl
    this.#tokens = new TokenSigner(secret, previewFacts)
  }

  /**
   * A link to what editors see of a variant, as it is whenever the link is followed.
   *
   * @param expiresAt default: a week from now
   * @throws InvalidInputError for an instant that has passed or is more than 30 days away
   */
  async create(context: WorkspaceContext, variantId: string, expiresAt?: Date) {
    const now = context.clock.now()
    const end = expiresAt ?? new Date(now.getTime() + usualMs)
    if (!(end > now) || end.getTime() > now.getTime() + longestMs)
      throw InvalidInputError.of('expiresAt', 'OUT_OF_RANGE', {
        en: `A preview link ends within 30 days from now; ${end.toISOString()} is ${end > now ? 'later' : 'past'}.`,
        fr: `Un lien d’aperçu finit dans les 30 jours ; ${end.toISOString()} est ${end > now ? 'plus tard' : 'passé'}.`,
      })
    const { type, id, name } = authorOf(context.principal)
    const author = { createdByType: type, createdById: id, createdByName: name }
    return context.transaction(async (tx) => {
      const preview = await tx.db.prisma.pagePreview.create({
        data: { variantId, ...author, createdAt: now, expiresAt: end },
      })
      // Not the address: whoever reads the trail is not thereby invited.
      tx.audit({ resourceType: 'PageVariant', resourceId: variantId, after: { previewUntil: end } })
      const token = this.#tokens.sign({ w: tx.workspaceId, l: preview.id, x: end.getTime() })
      return { url: `${this.publicUrl}/preview/${token}`, expiresAt: end, preview }
    })
  }

  /**
   * Ends a link before its time; from then on nobody is shown the draft by it.
   *
   * @throws NotFoundError, ForbiddenError for somebody else's link without the right to change pages, ConflictError for
   *   one that has ended
   */
  async revoke(context: WorkspaceContext, id: string) {
    return context.transaction(async (tx) => {
      await tx.db.query(sql`select 1 from "PagePreview" where "id" = ${id} for update`)
      const before = await tx.db.prisma.pagePreview.findFirst({ where: { id } })
      if (!before) throw new NotFoundError('preview link', id)
      const { type, id: author } = authorOf(tx.principal)
      const own = before.createdByType === type && before.createdById === author
      if (!own && !may(tx.principal, 'pages:write'))
        throw new ForbiddenError({
          en: `This link was made by ${before.createdByName}. To revoke links of others takes the permission "pages:write".`,
          fr: `Ce lien a été créé par ${before.createdByName}. Révoquer les liens des autres demande la permission « pages:write ».`,
        })
      const now = tx.clock.now()
      if (before.revokedAt || before.expiresAt <= now)
        throw new ConflictError({
          en: `This link has ${before.revokedAt ? 'been revoked' : 'expired'} already.`,
          fr: `Ce lien a déjà ${before.revokedAt ? 'été révoqué' : 'expiré'}.`,
        })
      const after = await tx.db.prisma.pagePreview.update({
        where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
        data: { revokedAt: now },
      })
      tx.audit({ resourceType: 'PageVariant', resourceId: after.variantId, before, after })
      return after
    })
  }

  /** What a token says; undefined for one that this installation has not made. */
  read(token: string, now: Date): { workspaceId: string; previewId: string; expired: boolean } | undefined {
    const facts = this.#tokens.read(token)
    return facts && { workspaceId: facts.w, previewId: facts.l, expired: now.getTime() >= facts.x }
  }

  /** The draft behind a link, `revoked` where the link is; undefined once the page or this version of it is archived. */
  async find(context: SqlContext, previewId: string): Promise<PreviewedDraft | undefined> {
    const [draft] = await context.db.query<PreviewedDraft>(sql`
      select v."content", p."language", '/p/' || w."slug" || '/' || p."slug" as "address", l."revokedAt" is not null as "revoked"
      from "PagePreview" l
        join "PageVariant" v on v."workspaceId" = l."workspaceId" and v."id" = l."variantId"
        join "Page" p on p."workspaceId" = v."workspaceId" and p."id" = v."pageId"
        join "Workspace" w on w."id" = v."workspaceId"
      where l."id" = ${previewId}::uuid and v."status" <> 'archived' and p."status" <> 'archived'`)
    return draft
  }
}

export interface PreviewedDraft extends UnpublishedPage {
  readonly revoked: boolean
}
