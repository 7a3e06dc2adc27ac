import { InvalidInputError, type WorkspaceContext } from '@espalier/core'
import { z } from 'zod'
import { TokenSigner } from '../signedToken.ts'

/** How long a preview link may live. Milliseconds. */
const longestMs = 30 * 24 * 3600_000
/** How long it lives where nothing else is said. Milliseconds. */
const usualMs = 7 * 24 * 3600_000

const previewFacts = z.object({
  /** Workspace. */
  w: z.string(),
  /** Variant. */
  v: z.string(),
  /** When the link ends, milliseconds since 1970. */
  x: z.number(),
})

export interface PreviewLink {
  readonly url: string
  readonly expiresAt: Date
}

/** Links that show a draft to whoever holds one, until they expire. */
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
  link({ workspaceId, clock }: WorkspaceContext, variantId: string, expiresAt?: Date): PreviewLink {
    const now = clock.now().getTime()
    const x = expiresAt?.getTime() ?? now + usualMs
    if (!(x > now) || x > now + longestMs)
      throw InvalidInputError.of(
        'expiresAt',
        'OUT_OF_RANGE',
        `A preview link ends within 30 days from now; ${new Date(x).toISOString()} is ${x > now ? 'later' : 'past'}.`,
      )
    const token = this.#tokens.sign({ w: workspaceId, v: variantId, x })
    return { url: `${this.publicUrl}/preview/${token}`, expiresAt: new Date(x) }
  }

  /** What a link shows; undefined for one that this installation has not made. */
  read(token: string, now: Date): { workspaceId: string; variantId: string; expired: boolean } | undefined {
    const facts = this.#tokens.read(token)
    return facts && { workspaceId: facts.w, variantId: facts.v, expired: now.getTime() >= facts.x }
  }
}
