import type { SqlContext, SystemContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { InvalidInputError } from '../errors.ts'
import { type KeyRing, type SealedSecret, SecretError, type SecretPlace } from './keyRing.ts'

/**
 * Secrets of third parties (a mail provider's key, a webhook's token) that a workspace entrusts to a plugin.
 * They are sealed at rest, opened only where they are used, and never logged, audited or answered over an API:
 * what may be shown is that one is set, and since when.
 *
 * @example await secrets.put(ctx, 'smtp-password', input.password)
 */
export class Secrets {
  readonly #ring: KeyRing
  readonly #prefix: string

  /** @param owner the plugin whose secrets these are; without one, every secret of the workspace */
  constructor(ring: KeyRing, owner?: string) {
    this.#ring = ring
    this.#prefix = owner ? `${owner}/` : ''
  }

  /** @param name what it is, 1 to 200 characters */
  async put(context: SqlContext, name: string, secret: string): Promise<void> {
    if (name.length === 0 || name.length > 200) {
      throw InvalidInputError.of('name', 'LENGTH', {
        en: 'The name of a secret has 1 to 200 characters.',
        fr: 'Le nom d’un secret compte de 1 à 200 caractères.',
      })
    }
    const place = this.#place(context, name)
    const { keyId, sealed } = this.#ring.seal(secret, place)
    const now = context.clock.now()
    await context.db.query(sql`
      insert into "Secret" ("workspaceId", "name", "keyId", "sealed", "createdAt", "updatedAt")
      values (${place.workspaceId}, ${place.name}, ${keyId}, ${sealed}, ${now}, ${now})
      on conflict ("workspaceId", "name") do update
      set "keyId" = excluded."keyId", "sealed" = excluded."sealed", "updatedAt" = excluded."updatedAt"`)
  }

  /** @throws SecretError when it is there but does not open */
  async get(context: SqlContext, name: string): Promise<string | undefined> {
    const place = this.#place(context, name)
    const [stored] = await context.db.query<SealedSecret>(sql`
      select "keyId", "sealed" from "Secret" where "workspaceId" = ${place.workspaceId} and "name" = ${place.name}`)
    return stored && this.#ring.open(stored, place)
  }

  /** The names of the secrets that are set, and when each was last changed. */
  async list(context: SqlContext): Promise<{ name: string; updatedAt: Date }[]> {
    return context.db.query(sql`
      select substr("name", ${this.#prefix.length + 1}::int) as "name", "updatedAt" from "Secret"
      where "workspaceId" = ${context.workspaceId} and starts_with("name", ${this.#prefix}) order by "name"`)
  }

  /** @returns whether there was one */
  async delete(context: SqlContext, name: string): Promise<boolean> {
    const place = this.#place(context, name)
    const deleted = await context.db.query(sql`
      delete from "Secret" where "workspaceId" = ${place.workspaceId} and "name" = ${place.name} returning "name"`)
    return deleted.length > 0
  }

  /**
   * Seals everything that an older key sealed with the current one; after it the older key can leave the
   * ring. One that changes meanwhile keeps its new value, one that does not open stays as it is.
   * @returns how many were sealed anew
   */
  async rotate(context: SqlContext): Promise<number> {
    const { workspaceId } = context
    const stale = await context.db.query<SealedSecret & { name: string }>(sql`
      select "name", "keyId", "sealed" from "Secret" where "workspaceId" = ${workspaceId}
      and "keyId" <> ${this.#ring.currentId} and starts_with("name", ${this.#prefix})`)
    let rotated = 0
    for (const { name, ...secret } of stale) {
      try {
        const renewed = this.#ring.rotate(secret, { workspaceId, name })
        const updated = await context.db.query(sql`
          update "Secret" set "keyId" = ${renewed.keyId}, "sealed" = ${renewed.sealed}
          where "workspaceId" = ${workspaceId} and "name" = ${name} and "sealed" = ${secret.sealed} returning "name"`)
        rotated += updated.length
      } catch (error) {
        if (!(error instanceof SecretError)) throw error
        context.log.warn({ err: error, workspaceId, name }, 'a secret does not open, so it keeps its old key')
      }
    }
    return rotated
  }

  /** {@link rotate} in every workspace that has something to rotate. Runs on every start. */
  async rotateEverywhere(context: SystemContext): Promise<number> {
    // The system door: which workspaces there are is known to nobody else.
    const stale = await context.system.query<{ workspaceId: string }>(
      sql`select distinct "workspaceId" from "Secret" where "keyId" <> ${this.#ring.currentId}`,
    )
    let rotated = 0
    for (const { workspaceId } of stale) rotated += await this.rotate(context.workspace(workspaceId))
    if (rotated > 0) context.log.info({ rotated, keyId: this.#ring.currentId }, 'secrets sealed with the current key')
    return rotated
  }

  #place({ workspaceId }: SqlContext, name: string): SecretPlace {
    return { workspaceId, name: `${this.#prefix}${name}` }
  }
}
