import type { Builder } from '@espalier/core'
import type { MailService } from '../mailService.ts'
import { accountTypes } from './account.ts'
import { mailEnums } from './enums.ts'
import { messageTypes } from './message.ts'
import { templateTypes } from './template.ts'

/** Messages, templates, and the account that mail leaves from. */
export function mailTypes(builder: Builder, mail: MailService): void {
  const enums = mailEnums(builder)
  const Message = messageTypes(builder, mail, enums)
  templateTypes(builder, mail, enums, Message)
  accountTypes(builder, mail)
}
