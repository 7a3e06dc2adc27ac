import { z } from 'zod'
import type { Principal } from '../access/principal.ts'
import { TokenSigner } from '../access/signedToken.ts'
import type { SqlContext } from '../context.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts'

/** How long a download may be begun. Milliseconds. */
const lifeMs = 15 * 60_000

/** What every address of an export says beside what is in the file. */
export interface ExportClaim {
  /** Workspace. */
  readonly w: string
  /** Who asked for it, and nobody else. */
  readonly a: string
  /** When the address ends, milliseconds since 1970. */
  readonly x: number
}

/**
 * Addresses of files that are made when somebody downloads them: for whoever asked, signed in as they were then, in the
 * workspace that they asked in, for 15 minutes.
 */
export class ExportLinks<Facts extends object> {
  readonly #address: string
  readonly #tokens: TokenSigner<ExportClaim & { readonly f: Facts }>

  /**
   * @param address that the token is appended to, absolute: "https://growth.example/submissions/"
   * @param secret of this kind of export alone
   * @param facts what the address says of its file
   */
  constructor(address: string, secret: Buffer, facts: z.ZodType<Facts>) {
    this.#address = address
    this.#tokens = new TokenSigner(secret, z.object({ w: z.string(), a: z.string(), x: z.number(), f: facts }))
  }

  give(context: SqlContext, facts: Facts): { url: string; expiresAt: Date } {
    const x = context.clock.now().getTime() + lifeMs
    const token = this.#tokens.sign({ w: context.workspaceId, a: nameOf(context.principal), x, f: facts })
    return { url: this.#address + token, expiresAt: new Date(x) }
  }

  /**
   * @throws NotFoundError for an address that was not given out, ConflictError for one that has expired or is of another
   *   workspace, ForbiddenError for somebody else's
   */
  read(context: SqlContext, token: string): Facts {
    const claim = this.#tokens.read(token)
    if (!claim) throw new NotFoundError('export', `${token.slice(0, 12)}…`)
    if (context.clock.now().getTime() >= claim.x)
      throw new ConflictError({
        en: 'The address of this export has expired. Ask for it anew.',
        fr: 'L’adresse de cet export a expiré. Demandez-le de nouveau.',
      })
    if (claim.w !== context.workspaceId)
      throw new ConflictError({
        en: 'This export is of another workspace than the one that you are in. Switch to that workspace, then open it again.',
        fr: 'Cet export vient d’un autre espace que le vôtre en ce moment. Passez dans cet espace, puis rouvrez-le.',
      })
    if (claim.a !== nameOf(context.principal))
      throw new ForbiddenError({
        en: 'This export is for whoever asked for it. Ask for one of your own.',
        fr: 'Cet export est pour la personne qui l’a demandé. Demandez le vôtre.',
      })
    return claim.f
  }
}

function nameOf(principal: Principal): string {
  return principal.type === 'system' ? 'system' : `${principal.type} ${principal.id}`
}
