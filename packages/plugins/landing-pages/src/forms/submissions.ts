import { createHmac } from 'node:crypto'
import { announceChange, NotFoundError, type SqlContext, sql, type WorkspaceContext } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { formSubmitted } from '../events.ts'
import type { SentForm } from './readForm.ts'

export type SpamReason = 'trap' | 'tooFast' | 'bot' | 'repeated' | 'marked'

export interface NewSubmission {
  readonly pageId: string
  readonly variantKey: string
  /** `props.id` of the form's block. */
  readonly form: string
  readonly values: SentForm['values']
  /** Null where nobody is to be tracked. */
  readonly visitorId: string | null
  /** Of the page view that it was sent from. */
  readonly viewId: string
  readonly spamReason: SpamReason | null
  /** Reached by sending it; none for spam. */
  readonly conversion: {
    readonly siteId: string
    readonly goal: string
    readonly url: string
    readonly experiments: Readonly<Record<string, string>>
  } | null
}

/** The same from the same sender within this time is one submission. Milliseconds. */
const sameWithinMs = 24 * 3600_000

/** More than this from one view of a page is no person's work. */
const maxPerView = 5

/** What visitors send with the forms of pages. */
export class Submissions {
  readonly #tracking: Tracking
  readonly #secret: Buffer

  /** @param secret what repetitions are recognized with: nobody can guess at contents from what is kept for it */
  constructor(tracking: Tracking, secret: Buffer) {
    this.#tracking = tracking
    this.#secret = secret
  }

  /**
   * Keeps what was sent, says so to whoever handles it, and counts the conversion: all of it, or nothing.
   *
   * @returns false where it is there already: sent twice, or reloaded
   */
  async keep(context: SqlContext, submission: NewSubmission): Promise<boolean> {
    const fingerprint = this.#fingerprint(submission)
    return context.sqlTransaction(async (tx) => {
      // Of two that come at once the second waits, and then sees the first.
      await tx.db.query(
        sql`select pg_advisory_xact_lock(hashtextextended(${`form ${fingerprint.toString('base64url')}`}, 0))`,
      )
      const now = tx.clock.now()
      const [known] = await tx.db.query(sql`
        select 1 from "FormSubmission"
        where "fingerprint" = ${fingerprint} and "createdAt" > ${new Date(now.getTime() - sameWithinMs)} limit 1`)
      if (known) return false
      const spamReason = submission.spamReason ?? (await this.#isRepeated(tx, submission))
      const id = uuidv7({ msecs: now.getTime() })
      await this.#insert(tx, id, { ...submission, spamReason }, fingerprint, now)
      if (spamReason !== null) return true
      const { pageId, form, visitorId, conversion } = submission
      await tx.publish(formSubmitted, { submissionId: id, pageId, form, visitorId })
      if (conversion && visitorId !== null)
        // The id of the submission is that of the event: it cannot be counted twice.
        await this.#tracking.record(tx, [
          { ...conversion, id, at: now, visitorId, pageId, name: 'conversion', properties: { form } },
        ])
      return true
    })
  }

  /** What a person says that it is. What turns out not to be spam is told to whoever handles submissions. */
  async setStatus(context: WorkspaceContext, id: string, status: 'received' | 'spam') {
    return context.transaction(async (tx) => {
      const before = await this.#get(tx, id)
      if (before.status === status) return before
      const after = await tx.db.prisma.formSubmission.update({
        where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
        data: { status, spamReason: status === 'spam' ? 'marked' : null },
      })
      // Never what was sent: the audit trail outlives it.
      tx.audit({
        resourceType: 'FormSubmission',
        resourceId: id,
        before: { status: before.status },
        after: { status: after.status },
      })
      const { pageId, form, visitorId } = after
      // Once only: what was marked by hand had been told before.
      if (status === 'received' && before.spamReason !== 'marked')
        await tx.publish(formSubmitted, { submissionId: id, pageId, form, visitorId })
      return after
    })
  }

  /** Erases submissions for good. @returns how many there were */
  async delete(context: WorkspaceContext, ids: readonly string[]): Promise<number> {
    return context.transaction(async (tx) => {
      const gone = await tx.db.query<{ id: string }>(
        sql`delete from "FormSubmission" where "id" = any(${[...ids]}::uuid[]) returning "id"`,
      )
      for (const { id } of gone) tx.audit({ resourceType: 'FormSubmission', resourceId: id, before: { id } })
      return gone.length
    })
  }

  async #get(tx: WorkspaceContext, id: string) {
    const submission = await tx.db.prisma.formSubmission.findFirst({ where: { id } })
    if (!submission) throw new NotFoundError('form submission', id)
    return submission
  }

  async #isRepeated(tx: SqlContext, { viewId }: NewSubmission): Promise<'repeated' | null> {
    const [{ count } = { count: 0 }] = await tx.db.query<{ count: number }>(
      sql`select count(*)::int as "count" from "FormSubmission" where "viewId" = ${viewId}`,
    )
    return count >= maxPerView ? 'repeated' : null
  }

  async #insert(
    tx: SqlContext,
    id: string,
    { pageId, variantKey, form, values, spamReason, visitorId, viewId }: NewSubmission,
    fingerprint: Buffer,
    now: Date,
  ): Promise<void> {
    await tx.db.query(sql`
      insert into "FormSubmission"
        ("id", "pageId", "variantKey", "form", "values", "status", "spamReason", "visitorId", "viewId", "fingerprint", "createdAt")
      values (${id}, ${pageId}, ${variantKey}, ${form}, ${JSON.stringify(values)}::jsonb,
        ${spamReason === null ? 'received' : 'spam'}::"FormSubmissionStatus", ${spamReason}::"SpamReason",
        ${visitorId}::uuid, ${viewId}::uuid, ${fingerprint}, ${now})`)
    announceChange(tx, 'FormSubmission', id)
  }

  #fingerprint({ pageId, form, values, visitorId, viewId }: NewSubmission): Buffer {
    const same = JSON.stringify([pageId, form, visitorId ?? viewId, Object.entries(values)])
    return createHmac('sha256', this.#secret).update(same).digest()
  }
}
