import { type SqlContext, sql, TokenSigner } from '@espalier/core'
import { z } from 'zod'
import type { UnpublishedPage } from './unpublishedPage.ts'

/** How long the address of a proposal lives. Milliseconds. */
const livesMs = 3600_000

const proposalFacts = z.object({
  /** Workspace. */
  w: z.string(),
  /** The proposed version. */
  c: z.string(),
  /** When the address ends, milliseconds since 1970. */
  x: z.number(),
  /** Not the version itself, but the one that it comes from. */
  f: z.literal(true).optional(),
})

interface ReadProposal {
  readonly workspaceId: string
  readonly candidateId: string
  /** Whether it shows the version that the proposed one comes from. */
  readonly ofOrigin: boolean
  readonly expired: boolean
}

/** Addresses that show a version that the loop proposed, for an hour, to whoever decides about it. */
export class Proposals {
  readonly #publicUrl: string
  readonly #tokens: TokenSigner<z.output<typeof proposalFacts>>

  /** @param publicUrl where browsers reach this installation */
  constructor(publicUrl: string, secret: Buffer) {
    this.#publicUrl = publicUrl
    this.#tokens = new TokenSigner(secret, proposalFacts)
  }

  /** Whoever has it sees the version: tell it only to those who may see pages. */
  address(workspaceId: string, candidateId: string, now: Date): string {
    return this.#address({ w: workspaceId, c: candidateId, x: now.getTime() + livesMs })
  }

  /** The same of the version that it comes from, as visitors get that, to look at both side by side. */
  addressOfOrigin(workspaceId: string, candidateId: string, now: Date): string {
    return this.#address({ w: workspaceId, c: candidateId, x: now.getTime() + livesMs, f: true })
  }

  #address(facts: z.output<typeof proposalFacts>): string {
    return `${this.#publicUrl}/proposals/${this.#tokens.sign(facts)}`
  }

  /** What a token says; undefined for one that this installation has not made. */
  read(token: string, now: Date): ReadProposal | undefined {
    const facts = this.#tokens.read(token)
    if (!facts) return undefined
    const { w: workspaceId, c: candidateId, x: end, f: ofOrigin = false } = facts
    return { workspaceId, candidateId, ofOrigin, expired: now.getTime() >= end }
  }

  /**
   * The version, or the one that it comes from; undefined where it was refused, for then nobody knows what it is, and once the
   * page is archived.
   */
  async find(
    context: SqlContext,
    { candidateId, ofOrigin }: Pick<ReadProposal, 'candidateId' | 'ofOrigin'>,
  ): Promise<UnpublishedPage | undefined> {
    const [proposal] = await context.db.query<UnpublishedPage>(sql`
      select case when ${ofOrigin}::boolean then coalesce(o."published", o."content") else c."content" end as "content", p."language", '/p/' || w."slug" || '/' || p."slug" as "address"
      from "PageCandidate" c
        join "Page" p on p."workspaceId" = c."workspaceId" and p."id" = c."pageId"
        join "Workspace" w on w."id" = c."workspaceId"
        join "PageVariant" o on o."workspaceId" = c."workspaceId" and o."id" = c."parentVariantId"
      where c."id" = ${candidateId}::uuid and c."status" <> 'refused' and p."status" <> 'archived'`)
    return proposal
  }
}
