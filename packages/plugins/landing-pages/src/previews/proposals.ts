import { type SqlContext, sql } from '@espalier/core'
import { z } from 'zod'
import { TokenSigner } from '../signedToken.ts'
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
})

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
    return `${this.#publicUrl}/proposals/${this.#tokens.sign({ w: workspaceId, c: candidateId, x: now.getTime() + livesMs })}`
  }

  /** What a token says; undefined for one that this installation has not made. */
  read(token: string, now: Date): { workspaceId: string; candidateId: string; expired: boolean } | undefined {
    const facts = this.#tokens.read(token)
    return facts && { workspaceId: facts.w, candidateId: facts.c, expired: now.getTime() >= facts.x }
  }

  /** The version; undefined where it was refused, for then nobody knows what it is, and once the page is archived. */
  async find(context: SqlContext, candidateId: string): Promise<UnpublishedPage | undefined> {
    const [proposal] = await context.db.query<UnpublishedPage>(sql`
      select c."content", p."language", '/p/' || w."slug" || '/' || p."slug" as "address"
      from "PageCandidate" c
        join "Page" p on p."workspaceId" = c."workspaceId" and p."id" = c."pageId"
        join "Workspace" w on w."id" = c."workspaceId"
      where c."id" = ${candidateId}::uuid and c."status" <> 'refused' and p."status" <> 'archived'`)
    return proposal
  }
}
