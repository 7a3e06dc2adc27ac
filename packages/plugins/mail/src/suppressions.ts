import {
  type InputIssue,
  InvalidInputError,
  NotFoundError,
  prepared,
  type SqlContext,
  sql,
  type Told,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { AddressKeys } from './addressKeys.ts'

export type SuppressionReason = 'hardBounce' | 'complaint' | 'unsubscribe' | 'manual' | 'providerList' | 'softBounces'

export interface Recipient {
  /** Of the message, as its answer is looked up by. */
  readonly id: string
  readonly address: string
  readonly topic: string | null
  readonly class: 'transactional' | 'marketing'
}

export interface NewSuppression {
  readonly address: string
  readonly reason: SuppressionReason
  /** Default: everything that one can unsubscribe from. */
  readonly topic?: string
  /** Not written to before then. Default: never again. */
  readonly until?: Date
  readonly messageId?: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** These hold transactional mail back as well: it would not arrive, or be called spam again. */
const holdsAll: ReadonlySet<SuppressionReason> = new Set(['hardBounce', 'complaint', 'manual', 'providerList'])

/** Addresses of one call of {@link Suppressions.import}. */
const maxImported = 10_000

/** Issues that an import shows. */
const maxShown = 20

/** Characters. */
const maxWhy = 500

/** The addresses that a workspace does not write to. */
export class Suppressions {
  readonly #keys: AddressKeys

  constructor(keys: AddressKeys) {
    this.#keys = keys
  }

  /** Why an address may not be written to now; null where it may. Call it in the transaction that claims the message. */
  async isSuppressed(
    context: SqlContext,
    address: string,
    topic: string | null,
    mailClass: Recipient['class'],
  ): Promise<SuppressionReason | null> {
    const held = await this.among(context, [{ id: '', address, topic, class: mailClass }])
    return held.get('') ?? null
  }

  /**
   * Which of these may not be written to now: in the transaction that claims them, so that who unsubscribed a moment ago gets nothing.
   *
   * What holds for everything holds for marketing and for whatever has a topic; bounces and complaints hold for all.
   *
   * @returns id → why
   */
  async among(context: SqlContext, recipients: readonly Recipient[]): Promise<Map<string, SuppressionReason>> {
    const known = recipients.flatMap((recipient) => {
      const hash = this.#keys.of(recipient.address)
      return hash ? [{ ...recipient, hash }] : []
    })
    if (known.length === 0) return new Map()
    const rows = await context.db.query<{ id: string; reason: SuppressionReason }>(
      selectSuppressed(
        known.map(({ id }) => id),
        known.map(({ hash }) => hash),
        known.map(({ topic }) => topic),
        known.map((one) => one.class),
        context.clock.now(),
      ),
    )
    return new Map(rows.map(({ id, reason }) => [id, reason]))
  }

  /**
   * Holds an address, in the transaction that learned why. The same twice is one, whatever comes first.
   *
   * @returns its id and whether it is new; undefined for what is no address
   */
  async add(context: SqlContext, suppression: NewSuppression): Promise<{ id: string; added: boolean } | undefined> {
    const { address, reason, topic = '', until = null, messageId = null, detail = {} } = suppression
    const hash = this.#keys.of(address)
    if (!hash) return undefined
    const now = context.clock.now()
    const [row] = await context.db.query<{ id: string; added: boolean }>(sql`
      insert into "MailSuppression"
        ("id", "addressHash", "address", "topic", "reason", "all", "until", "messageId", "detail", "createdAt")
      values (${uuidv7({ msecs: now.getTime() })}, ${hash}, ${address.trim()}, ${topic}, ${reason}::"MailSuppressionReason",
        ${holdsAll.has(reason)}, ${until}::timestamptz, ${messageId}::uuid, ${JSON.stringify(detail)}::jsonb, ${now})
      -- What was erased stays erased: only how long it holds may grow.
      on conflict ("workspaceId", "addressHash", "topic", "reason") do update
      set "until" = case when "MailSuppression"."until" is null then null
        else greatest("MailSuppression"."until", excluded."until") end
      returning "id", (xmax = 0) as "added"`)
    return row
  }

  /** As somebody of the workspace says. @throws InvalidInputError for what is no address */
  async addByHand(context: SqlContext, address: string, topic = ''): Promise<string> {
    return context.sqlTransaction(async (tx) => {
      const row = await this.add(tx, { address, topic, reason: 'manual' })
      if (!row) throw InvalidInputError.of('input.address', 'INVALID_ADDRESS', notAnAddress(address))
      // Never the address: the audit trail outlives its erasure.
      if (row.added)
        tx.audit({ resourceType: 'MailSuppression', resourceId: row.id, after: { reason: 'manual', topic } })
      return row.id
    })
  }

  /**
   * Lets an address be written to again.
   *
   * @param why needed where somebody complained or unsubscribed: at most 500 characters, for the audit trail
   * @throws NotFoundError; InvalidInputError without a reason
   */
  async remove(context: SqlContext, id: string, why: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [row] = await tx.db.query<{ reason: SuppressionReason; topic: string }>(
        sql`select "reason"::text as "reason", "topic" from "MailSuppression" where "id" = ${id} for update`,
      )
      if (!row) throw new NotFoundError('suppression', id)
      const { reason, topic } = row
      if (why.length > maxWhy)
        throw InvalidInputError.of('input.why', 'TOO_LONG', {
          en: `${why.length} characters are more than ${maxWhy}.`,
          fr: `${why.length} caractères dépassent ${maxWhy}.`,
        })
      if ((reason === 'complaint' || reason === 'unsubscribe') && why.trim() === '')
        throw InvalidInputError.of('input.why', 'MISSING', {
          en: `The address is held because of ${reason === 'complaint' ? 'a complaint' : 'an unsubscription'}. Say why it may be written to again, such as "asked for it by phone on 3 May".`,
          fr: `L’adresse est retenue à cause ${reason === 'complaint' ? 'd’une plainte' : 'd’une désinscription'}. Dites pourquoi on peut de nouveau lui écrire, par exemple « demandé par téléphone le 3 mai ».`,
        })
      await tx.db.query(sql`delete from "MailSuppression" where "id" = ${id}`)
      tx.audit({
        resourceType: 'MailSuppression',
        resourceId: id,
        before: { reason, topic, removedBecause: why.trim() },
      })
    })
  }

  /**
   * Holds a list of addresses, such as that of the product that was used before.
   *
   * @param addresses at most 10,000
   * @throws InvalidInputError when there are more, or when one is none: then none is written
   * @returns how many were not held already
   */
  async import(
    context: SqlContext,
    addresses: readonly string[],
    { reason = 'manual', topic = '' }: { reason?: 'manual' | 'unsubscribe'; topic?: string } = {},
  ): Promise<{ added: number; known: number }> {
    if (addresses.length > maxImported)
      throw InvalidInputError.of('input.addresses', 'TOO_LONG', {
        en: `${addresses.length} addresses are more than ${maxImported} at a time. Send them in parts.`,
        fr: `${addresses.length} adresses dépassent ${maxImported} à la fois. Envoyez-les par parties.`,
      })
    const byHash = new Map<string, { hash: Buffer; address: string }>()
    const issues: InputIssue[] = []
    for (const [index, address] of addresses.entries()) {
      const hash = this.#keys.of(address)
      if (hash) byHash.set(hash.toString('base64'), { hash, address: address.trim() })
      else issues.push({ path: `input.addresses.${index}`, code: 'INVALID_ADDRESS', message: notAnAddress(address) })
    }
    if (issues.length > 0) throw new InvalidInputError(issues.slice(0, maxShown))
    const rows = [...byHash.values()]
    return context.sqlTransaction(async (tx) => {
      const now = tx.clock.now()
      const added = await tx.db.query<{ id: string }>(sql`
        insert into "MailSuppression" ("id", "addressHash", "address", "topic", "reason", "all", "createdAt")
        select "id", "hash", "address", ${topic}, ${reason}::"MailSuppressionReason", ${holdsAll.has(reason)}, ${now}
        from unnest(${rows.map(() => uuidv7({ msecs: now.getTime() }))}::uuid[], ${rows.map(({ hash }) => hash)}::bytea[],
          ${rows.map(({ address }) => address)}::text[]) as r ("id", "hash", "address")
        on conflict ("workspaceId", "addressHash", "topic", "reason") do nothing
        returning "id"`)
      if (added.length > 0)
        tx.audit({
          resourceType: 'Workspace',
          resourceId: tx.workspaceId,
          after: { mailSuppressionsImported: added.length, reason, topic },
        })
      return { added: added.length, known: addresses.length - added.length }
    })
  }

  /** What somebody decided about all of a kind of mail: their own words, by their own link. @returns whether it is new */
  async unsubscribe(context: SqlContext, hash: Buffer, address: string | null, topic: string, messageId: string) {
    const now = context.clock.now()
    const rows = await context.db.query(sql`
      insert into "MailSuppression" ("id", "addressHash", "address", "topic", "reason", "messageId", "createdAt")
      values (${uuidv7({ msecs: now.getTime() })}, ${hash}, ${address}, ${topic}, 'unsubscribe', ${messageId}, ${now})
      on conflict ("workspaceId", "addressHash", "topic", "reason") do nothing
      returning "id"`)
    return rows.length > 0
  }

  /** Takes back what the person unsubscribed from; bounces, complaints and what the workspace decided stay. @returns whether there was something */
  async resubscribe(context: SqlContext, hash: Buffer, topic: string): Promise<boolean> {
    const rows = await context.db.query(sql`
      delete from "MailSuppression"
      where "addressHash" = ${hash} and "reason" = 'unsubscribe' and "topic" = any(${['', topic]}::text[]) returning "id"`)
    return rows.length > 0
  }

  /** Forgets an address for good, and goes on to hold it: its keyed hash is what stays. @returns how many rows held it */
  async erase(context: SqlContext, address: string): Promise<number> {
    const hash = this.#keys.of(address)
    if (!hash) return 0
    const rows = await context.db.query(sql`
      update "MailSuppression" set "address" = null, "detail" = '{}'::jsonb where "addressHash" = ${hash} returning "id"`)
    return rows.length
  }

  hashOf(address: string): Buffer | undefined {
    return this.#keys.of(address)
  }
}

const selectSuppressed = prepared(
  'mail_select_suppressed',
  `select distinct on (r."id") r."id", s."reason"::text as "reason"
   from unnest($1::text[], $2::bytea[], $3::text[], $4::text[]) as r ("id", "hash", "topic", "class")
   join "MailSuppression" s on s."addressHash" = r."hash"
   where (s."until" is null or s."until" > $5)
     and (s."all" or (s."topic" = '' and (r."class" = 'marketing' or r."topic" is not null)) or s."topic" = r."topic")
   order by r."id", s."reason"`,
)

function notAnAddress(value: string): Told {
  return {
    en: `"${value.slice(0, 100)}" is no e-mail address. Write it as ada@example.com.`,
    fr: `« ${value.slice(0, 100)} » n’est pas une adresse e-mail. Écrivez-la comme ada@example.com.`,
  }
}
