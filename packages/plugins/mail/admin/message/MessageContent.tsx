import { CodeBlock, DescriptionList, EmptyState, Section, Tabs, useMessages } from '@espalier/admin-kit'
import { useState } from 'react'
import { MailPreview } from '../MailPreview.tsx'
import type { MessageShown } from './Message.tsx'
import { messages } from './messages.ts'

/** The message as its reader sees it, as text, and its headers. */
export function MessageContent({ message: { html, text, headers, subject } }: { message: MessageShown }) {
  const m = useMessages(messages)
  const [shown, show] = useState<'html' | 'text' | 'headers'>('html')
  if (!html && !text)
    return (
      <Section title={m.content}>
        <EmptyState title={m.noContent} />
      </Section>
    )
  return (
    <Section title={m.content}>
      <Tabs
        label={m.content}
        value={shown}
        onChange={show}
        tabs={[
          { id: 'html', label: m.asSeen, content: <MailPreview html={html} title={subject} /> },
          { id: 'text', label: m.asText, content: <CodeBlock label={m.asText} code={text} /> },
          {
            id: 'headers',
            label: m.headers,
            content: <DescriptionList items={headers.map(({ name, value }) => [name, value] as const)} />,
          },
        ]}
      />
    </Section>
  )
}
