import MailComposer from 'nodemailer/lib/mail-composer'
import type { Letter } from './transport.ts'

/** A letter as it travels (RFC 5322). */
export async function composeMime(letter: Letter): Promise<Buffer> {
  const { from, to, replyTo, subject, html, text, date } = letter
  const mail = new MailComposer({
    from: person(from),
    to: person(to),
    ...(replyTo && { replyTo: { name: '', address: replyTo } }),
    subject,
    text,
    html,
    date,
    messageId: messageIdOf(letter),
    headers: letter.headers.map(({ name, value }) => ({ key: name, value: { prepared: true, value } })),
    attachments: letter.attachments.map(({ filename, contentType, contentId, content }) => ({
      filename,
      contentType,
      content: Buffer.from(content, 'base64'),
      ...(contentId && { cid: contentId, contentDisposition: 'inline' }),
    })),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return mail.compile().build()
}

/** Chosen by us, so that a server's log can be asked for it. SES puts its own in its place. */
export function messageIdOf({ id, from }: Pick<Letter, 'id' | 'from'>): string {
  return `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`
}

function person({ name, address }: { readonly name: string | null; readonly address: string }) {
  return { name: name ?? '', address }
}
