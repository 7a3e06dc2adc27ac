/** A type of events as GraphQL tells it. */
export interface DocumentedEvent {
  readonly type: string
  readonly group: string
  readonly groupTitle: string
  readonly description: string
  readonly frequent: boolean
  readonly ordered: boolean
  readonly example: Readonly<Record<string, unknown>>
  readonly schema: { readonly properties: Readonly<Record<string, FieldSchema>>; readonly required?: readonly string[] }
}

interface FieldSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly items?: FieldSchema
  readonly anyOf?: readonly FieldSchema[]
}

/** docs/webhook-events.md: everything that webhooks can tell, by group. */
export function webhookEventsPage(types: readonly DocumentedEvent[]): string {
  const groups = Map.groupBy(types, ({ group }) => group)
  return `# Events that webhooks tell

Made from what the plugins declare; \`webhookEventTypes\` of the API has the same, with what other plugins of an installation
add. How they are posted, signed and repeated is in [webhooks.md](webhooks.md).

A message is \`{ id, type, timestamp, workspaceId, data }\`; the tables below say what is in \`data\`. Ids are those of the API: \`node(id:)\`
reads what they name. Fields are added, none is taken away. **Frequent** types come as often as visitors act, and only to endpoints
that name them: no \`*\` and no group has them in it. Messages about one thing come **in order** to endpoints that ask for it.

${[...groups].map(([group, events]) => section(group, events)).join('\n\n')}
`
}

function section(group: string, events: readonly DocumentedEvent[]): string {
  const title = events[0]?.groupTitle ?? group
  if (group === 'notification') return notifications(title, events)
  return [`## ${title} (\`${group}.*\`)`, ...events.map(event)].join('\n\n')
}

/** They differ in their kind alone. */
function notifications(title: string, events: readonly DocumentedEvent[]): string {
  const [first] = events
  return [
    `## ${title} (\`notification.*\`)`,
    'What people are told, as they are told it. All have the same fields.',
    [
      '| type | |',
      '|---|---|',
      ...events.map(({ type, description }) => `| \`${type}\` | ${cell(description)} |`),
    ].join('\n'),
    ...(first ? [fields(first), example(first)] : []),
  ].join('\n\n')
}

function event(documented: DocumentedEvent): string {
  const { type, description, frequent, ordered } = documented
  const marks = [frequent && '**Frequent.**', ordered && 'In order.'].filter((mark) => mark !== false)
  return [`### \`${type}\``, [description, ...marks].join(' '), fields(documented), example(documented)].join('\n\n')
}

function fields({ schema }: DocumentedEvent): string {
  const rows = Object.entries(schema.properties).map(
    ([name, field]) => `| \`${name}\` | ${cell(typeOf(field))} | ${cell(field.description ?? '')} |`,
  )
  return ['| field | type | |', '|---|---|---|', ...rows].join('\n')
}

function example({ example }: DocumentedEvent): string {
  return ['```json', JSON.stringify(example, null, 2), '```'].join('\n')
}

function typeOf({ type = 'any', format, enum: words, items, anyOf }: FieldSchema): string {
  if (anyOf) return anyOf.map(typeOf).join(' or ')
  if (words) return words.map((word) => `\`${word}\``).join(', ')
  if (items) return `list of ${typeOf(items)}`
  const names = [type].flat().join(' or ')
  return format ? `${names} (${format})` : names
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
