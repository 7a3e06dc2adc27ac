import { DescriptionList, Link, Section, useFormat, useMessages } from '@espalier/admin-kit'
import { messages as mailMessages } from '../messages.ts'
import { templatePage } from '../pages.ts'
import type { MessageShown } from './Message.tsx'
import { messages } from './messages.ts'

/** Who it is from and to, and how it left. */
export function MessageFacts({ message }: { message: MessageShown }) {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const { number, moneyMicros, bytes, list } = useFormat()
  return (
    <Section title={m.about}>
      <DescriptionList
        items={[
          [m.from, written(message.fromName, message.fromAddress)],
          [m.to, written(message.toName, message.toAddress)],
          !!message.replyTo && [m.replyTo, message.replyTo],
          [m.class, words.classes[message.class]],
          [
            m.template,
            <Link key="template" to={templatePage} params={{ name: message.template }}>
              {message.template}
            </Link>,
          ],
          [m.language, words.languages[message.language]],
          !!message.topic && [m.topic, message.topic],
          !!message.transport && [m.transport, message.transport],
          [m.attempts, number(message.attempts)],
          message.costMicros > 0 && [m.cost, moneyMicros(message.costMicros)],
          message.attachments.length > 0 && [
            m.attachments,
            list(message.attachments.map(({ filename, bytes: size }) => `${filename} (${bytes(size)})`)),
          ],
        ]}
      />
    </Section>
  )
}

function written(name: string | null | undefined, address: string): string {
  return name ? `${name} <${address}>` : address
}
