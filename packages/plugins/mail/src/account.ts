import { type Secrets, type SqlContext, sql } from '@espalier/core'
import type { MailSettings } from './settings.ts'
import { type MailSecretName, type Outside, openTransport } from './transports/openTransport.ts'

export interface MailStatus {
  readonly transport: MailSettings['transport']
  /** "ses/eu-west-1"; null for the outbox, and while something is missing. */
  readonly account: string | null
  /** What keeps mail from leaving. */
  readonly problem: string | null
  readonly perSecond: number | null
  readonly perDay: number | null
  readonly sentLast24h: number | null
  /** Of the rate, that is used after the provider said "too fast". */
  readonly share: number
  readonly heldUntil: Date | null
  readonly waiting: number
  readonly unknown: number
  readonly secrets: readonly { readonly name: string; readonly updatedAt: Date }[]
}

/** How the mail of a workspace is doing, and the secrets that it is sent with. */
export class MailAccount {
  readonly #settings: (context: SqlContext) => Promise<MailSettings>
  readonly #secrets: Secrets
  readonly #outside: Outside

  constructor(settings: (context: SqlContext) => Promise<MailSettings>, secrets: Secrets, outside: Outside) {
    this.#settings = settings
    this.#secrets = secrets
    this.#outside = outside
  }

  async status(context: SqlContext): Promise<MailStatus> {
    const settings = await this.#settings(context)
    const opened =
      settings.transport === 'outbox' ? undefined : await openTransport(context, settings, this.#secrets, this.#outside)
    const transport = opened && !('problem' in opened) ? opened : undefined
    transport?.close()
    const [rate] = await context.db.query<RateRow>(sql`
      select "perSecond", "perDay", "sentLast24h", "share", "heldUntil", "problem" from "MailRate"
      where "account" = ${transport?.account ?? ''}`)
    const heldUntil = rate?.heldUntil && rate.heldUntil > context.clock.now() ? rate.heldUntil : null
    const missing = opened && 'problem' in opened ? opened.problem.message : null
    const [under] = await context.db.query<{ waiting: number; unknown: number }>(sql`
      select count(*) filter (where "dispatch" <> 'unknown')::int as "waiting",
        count(*) filter (where "dispatch" = 'unknown')::int as "unknown"
      from "MailMessage" where "dispatch" in ('planned', 'claimed', 'attempted', 'unknown')`)
    return {
      transport: settings.transport,
      account: transport?.account ?? null,
      problem: missing ?? (heldUntil || (rate && rate.share < 1) ? (missing ?? rate?.problem ?? null) : null),
      perSecond: rate?.perSecond ?? null,
      perDay: rate?.perDay ?? null,
      sentLast24h: rate?.sentLast24h ?? null,
      share: rate?.share ?? 1,
      heldUntil,
      waiting: under?.waiting ?? 0,
      unknown: under?.unknown ?? 0,
      secrets: await this.#secrets.list(context),
    }
  }

  /** @param secret undefined takes it away */
  async setSecret(context: SqlContext, name: MailSecretName, secret: string | undefined): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      if (secret === undefined) await this.#secrets.delete(tx, name)
      else await this.#secrets.put(tx, name, secret)
      // What was held because of the old ones is asked for anew.
      await tx.db.query(
        sql`update "MailRate" set "heldUntil" = null, "refreshedAt" = null where "heldUntil" is not null`,
      )
      tx.audit({ resourceType: 'MailSecret', resourceId: name, after: { name, set: secret !== undefined } })
    })
  }
}

interface RateRow {
  readonly perSecond: number
  readonly perDay: number | null
  readonly sentLast24h: number
  readonly share: number
  readonly heldUntil: Date | null
  readonly problem: string | null
}
