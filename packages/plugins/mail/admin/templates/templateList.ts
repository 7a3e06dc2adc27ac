import type { MailTemplatesQuery } from '../graphql/graphql.ts'

type Definition = MailTemplatesQuery['mailTemplateDefinitions'][number]
type Own = MailTemplatesQuery['mailTemplates']['nodes'][number]

/** Templates of plugins and of the workspace under one name each, those that fit what is wanted. */
export function byName(definitions: readonly Definition[], own: readonly Own[], wanted: string) {
  const names = [...new Set([...definitions.map(({ name }) => name), ...own.map(({ name }) => name)])].sort()
  const text = wanted.trim().toLowerCase()
  return names
    .map((name) => {
      const definition = definitions.find((one) => one.name === name)
      const written = own.filter((one) => one.name === name)
      return {
        name,
        description: definition?.description ?? written[0]?.subject ?? '',
        kind: definition?.class ?? written[0]?.class ?? 'TRANSACTIONAL',
        own: written.map(({ language }) => language),
        changedAt: written
          .map(({ updatedAt }) => updatedAt)
          .sort()
          .at(-1),
      }
    })
    .filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(text))
}
