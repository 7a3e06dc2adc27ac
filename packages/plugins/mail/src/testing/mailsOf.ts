import { sql } from '@espalier/core'
import type { TestApp } from '@espalier/core/testing'

/** A message that has left, as its recipient would see it. */
export interface TestMail {
  readonly workspaceId: string
  readonly to: string
  readonly toName: string | null
  readonly from: string
  readonly fromName: string | null
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Such as "operations.daily-report". */
  readonly template: string
  readonly language: 'en' | 'fr'
  readonly class: 'transactional' | 'marketing'
  readonly sentAt: Date
  readonly attachments: readonly { filename: string; contentType: string; contentId?: string; content: Buffer }[]
}

/**
 * The mail that has left, of all workspaces, in the order in which it was written. A test's workspaces send to the outbox, which keeps
 * messages as they would go out: rendered, without those to whoever must not get them. Call `app.quiet()` first: a job sends them.
 *
 * @param which one recipient, or one workspace
 * @example
 * await app.quiet()
 * expect(await mailsOf(app, { to: 'ada@example.com' })).toMatchObject([{ subject: 'Your entry is up' }])
 */
export async function mailsOf(
  app: TestApp,
  which: { readonly to?: string; readonly workspace?: { readonly id: string } } = {},
): Promise<TestMail[]> {
  const { to = null, workspace } = which
  // The second door: mail of all workspaces.
  const mails = await app.kernel.database.system.query<TestMail>(sql`
    select "workspaceId", "toAddress" as "to", "toName", "fromAddress" as "from", "fromName", "replyTo", "subject", "text", "html",
      "template", "language", "class"::text as "class", "sentAt", "attachments"
    from "MailMessage" where "sentAt" is not null and (${to}::text is null or lower("toAddress") = lower(${to}))
      and (${workspace?.id ?? null}::uuid is null or "workspaceId" = ${workspace?.id ?? null})
    order by "id"`)
  return mails.map((mail) => ({
    ...mail,
    attachments: mail.attachments.map((attachment) => ({
      ...attachment,
      content: Buffer.from(String(attachment.content), 'base64'),
    })),
  }))
}
