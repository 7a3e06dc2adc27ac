import type { SqlContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { InvalidInputError } from '../errors.ts'
import type { KeyRing, SealedSecret } from './keyRing.ts'

/**
 * Secrets of third parties (a mail provider's key, a webhook's token) that a workspace entrusts to a plugin.
 * They are sealed at rest, opened only where they are used, and never logged, audited or answered over an API:
 * what may be shown is that one is set, and since when.
 *
 * @example await secrets.put(ctx, 'campaigns/smtp-password', input.password)
 */
export class Secrets {
  readonly #ring: KeyRing

  constructor(ring: KeyRing) {
    this.#ring = ring
  }

  /** @param name the plugin's name, a slash, and what it is: 1 to 200 characters */
  async put(context: SqlContext, name: string, secret: string): Promise<void> {
    if (name.length === 0 || name.length > 200) {
      throw InvalidInputError.of('name', 'LENGTH', 'The name of a secret has 1 to 200 characters.')
    }
    const { keyId, sealed } = this.#ring.seal(secret, { workspaceId: context.workspaceId, name })
    const now = context.clock.now()
    await context.db.query(sql`
      insert into "Secret" ("workspaceId", "name", "keyId", "sealed", "createdAt", "updatedAt")
      values (${context.workspaceId}, ${name}, ${keyId}, ${sealed}, ${now}, ${now})
      on conflict ("workspaceId", "name") do update
      set "keyId" = excluded."keyId", "sealed" = excluded."sealed", "updatedAt" = excluded."updatedAt"`)
  }

  /** @throws SecretError when it is there but does not open */
  async get(context: SqlContext, name: string): Promise<string | undefined> {
    const [stored] = await context.db.query<SealedSecret>(
      sql`select "keyId", "sealed" from "Secret" where "workspaceId" = ${context.workspaceId} and "name" = ${name}`,
    )
    return stored && this.#ring.open(stored, { workspaceId: context.workspaceId, name })
  }

  /** The names of the secrets that are set, and when each was last changed. */
  async list(context: SqlContext): Promise<{ name: string; updatedAt: Date }[]> {
    return context.db.query(
      sql`select "name", "updatedAt" from "Secret" where "workspaceId" = ${context.workspaceId} order by "name"`,
    )
  }

  /** @returns whether there was one */
  async delete(context: SqlContext, name: string): Promise<boolean> {
    const deleted = await context.db.query(
      sql`delete from "Secret" where "workspaceId" = ${context.workspaceId} and "name" = ${name} returning "name"`,
    )
    return deleted.length > 0
  }

  /**
   * Seals everything that an older key sealed with the current one; after it the older key can leave the
   * ring. One that changes meanwhile keeps its new value.
   * @returns how many were sealed anew
   */
  async rotate(context: SqlContext): Promise<number> {
    const stale = await context.db.query<SealedSecret & { name: string }>(sql`
      select "name", "keyId", "sealed" from "Secret"
      where "workspaceId" = ${context.workspaceId} and "keyId" <> ${this.#ring.currentId}`)
    let rotated = 0
    for (const { name, ...secret } of stale) {
      const renewed = this.#ring.rotate(secret, { workspaceId: context.workspaceId, name })
      const updated = await context.db.query(sql`
        update "Secret" set "keyId" = ${renewed.keyId}, "sealed" = ${renewed.sealed}
        where "workspaceId" = ${context.workspaceId} and "name" = ${name} and "sealed" = ${secret.sealed} returning "name"`)
      rotated += updated.length
    }
    return rotated
  }
}
