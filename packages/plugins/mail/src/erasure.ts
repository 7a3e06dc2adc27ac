import { InvalidInputError, type SqlContext, sql } from '@espalier/core'
import { plainAddress } from './addressKeys.ts'
import type { Suppressions } from './suppressions.ts'

export interface Erased {
  readonly messages: number
  readonly suppressions: number
}

/**
 * Forgets an address for good: who messages went to, what they said, what was heard from there. What stays is that so many left and
 * what became of them, and a keyed hash in the suppressions, so that it goes on not to be written to. What still waits does not leave.
 *
 * @throws InvalidInputError for what is no address
 */
export async function eraseAddress(context: SqlContext, suppressions: Suppressions, address: string): Promise<Erased> {
  const plain = plainAddress(address)
  if (plain === undefined)
    throw InvalidInputError.of('address', 'INVALID_ADDRESS', {
      en: 'is no mail address, such as "ada@example.com".',
      fr: 'n’est pas une adresse e-mail, telle que « ada@example.com ».',
    })
  return context.sqlTransaction(async (tx) => {
    const held = await suppressions.erase(tx, plain)
    const messages = await tx.db.query<{ id: string }>(sql`
      update "MailMessage" set "toAddress" = '', "toName" = null, "data" = '{}'::jsonb, "subject" = '', "html" = '', "text" = '',
        "attachments" = '[]'::jsonb, "errorMessage" = null,
        "failedAt" = case when "dispatch" in ('planned', 'claimed') then ${tx.clock.now()} else "failedAt" end,
        "state" = case when "dispatch" in ('planned', 'claimed') then 'failed' else "state" end,
        "dispatch" = case when "dispatch" in ('planned', 'claimed') then 'canceled' else "dispatch" end
      where lower("toAddress") = ${plain} returning "id"`)
    await tx.db.query(sql`
      update "MailEvent" set "detail" = "detail" - array['userAgent', 'network', 'diagnostic', 'response', 'link']
      where "messageId" = any(${messages.map(({ id }) => id)}::uuid[])`)
    // The number stays: what SNS sends again is still known.
    await tx.db.query(sql`
      update "MailWebhook" set "body" = '{}'::jsonb
      where "handledAt" is not null and strpos(lower("body"->>'Message'), ${plain}) > 0`)
    const erased = { messages: messages.length, suppressions: held }
    tx.audit({ resourceType: 'Workspace', resourceId: tx.workspaceId, after: { mailAddressErased: erased } })
    return erased
  })
}
