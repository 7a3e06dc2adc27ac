import { ask, type FoundObject, plainId, target } from '@espalier/admin-kit'
import { FoundMailDocument } from './documents.ts'
import { messages } from './messages.ts'
import { messagePage, templatePage } from './pages.ts'

/** Messages and templates for the palette. */
export default async function search(text: string): Promise<FoundObject[]> {
  const { mailMessages, mailTemplateDefinitions } = await ask(FoundMailDocument, { text })
  const words = document.documentElement.lang === 'fr' ? messages.fr : messages.en
  const wanted = text.toLowerCase()
  return [
    ...mailTemplateDefinitions
      .filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted))
      .slice(0, 5)
      .map(({ name, description }) => ({
        id: `template ${name}`,
        type: words.template,
        label: name,
        detail: description,
        target: target(templatePage, { params: { name } }),
      })),
    ...mailMessages.nodes.map(({ id, subject, toAddress }) => ({
      id,
      type: words.message,
      label: subject,
      detail: toAddress,
      target: target(messagePage, { params: { id: plainId(id) } }),
    })),
  ]
}
