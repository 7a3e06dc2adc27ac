import { type Builder, both, wordEnum } from '@espalier/core'
import type { MailClass } from '../mailer.ts'

/** Enums of the mail plugin's types. */
export function mailEnums(builder: Builder) {
  return {
    MailState: wordEnum(builder, 'MailState', 'What became of a message, as far as is known.', {
      queued: 'It waits, or it is not known yet whether it left.',
      sent: 'The provider took it.',
      delivered: 'The receiver’s server took it.',
      opened: 'It was opened, as far as a pixel can tell. With `tracking: individual` alone.',
      clicked: 'A link in it was followed. With `tracking: individual` alone.',
      bounced: 'It came back.',
      complained: 'Its receiver called it spam.',
      suppressed: 'It was held back: its receiver must not be written to.',
      failed: 'It did not leave, or is given up. `errorMessage` says why.',
    }),
    MailDispatch: wordEnum(builder, 'MailDispatch', 'Where the handing over to the provider stands.', {
      planned: 'It waits for its turn.',
      claimed: 'A worker has it in hand.',
      attempted: 'The provider is being asked.',
      accepted: 'The provider took it.',
      refused: 'The provider does not take it.',
      unknown: 'The provider was asked and did not answer: its reports will tell.',
      lost: 'The provider was asked, did not answer, and reported nothing since. It is not sent again by itself.',
      skipped: 'It was held back.',
      canceled: 'Somebody canceled it.',
    }),
    MailClass: wordEnum<MailClass>(builder, 'MailClass', 'What kind of mail it is.', {
      transactional: 'Somebody waits for it.',
      marketing: 'They agreed to get it, and can unsubscribe.',
    }),
    MailLanguage: builder.enumType('MailLanguage', {
      description: 'A language that mail is written in.',
      subGraphs: both,
      values: {
        EN: { value: 'en' as const, description: 'English.' },
        FR: { value: 'fr' as const, description: 'French.' },
      },
    }),
  }
}

export type MailEnums = ReturnType<typeof mailEnums>
