import type { BlockData } from '../canvas/content.ts'
import type { RenderedBlocks } from '../canvas/RenderedBlocks.ts'
import type { BlockKind } from '../editor/kinds.ts'
import type { FieldNote, FieldNotes, FieldSchema } from '../fields/fieldSchema.ts'
import type { Finding } from './useQuality.ts'

/**
 * What is to be said about the fields of a block: what keeps it from being saved, by the paths of the server, and what visitors would
 * stumble over, beside the field that it is about.
 */
export function notesFor({
  selected,
  kinds,
  rendered,
  findings,
}: {
  selected: BlockData | undefined
  kinds: ReadonlyMap<string, BlockKind>
  rendered: RenderedBlocks
  findings: readonly Finding[]
}): FieldNotes {
  const notes = new Map<string, FieldNote[]>()
  const say = (path: string, note: FieldNote) => {
    const there = notes.get(path) ?? []
    if (!there.some(({ text }) => text === note.text)) notes.set(path, [...there, note])
  }
  const form = selected && kinds.get(selected.type)?.form
  if (selected)
    for (const { path, message } of rendered.issuesOf(selected)) say(path, { tone: 'critical', text: message })
  for (const finding of findings) {
    if (finding.blockId !== (selected?.props.id ?? null)) continue
    const path = selected && form ? pathOf(finding, selected.props, form) : ''
    say(path, { tone: finding.severity === 'ERROR' ? 'critical' : 'warning', text: finding.message })
  }
  return notes
}

/** The field that a finding is about; '' where it is about the block as a whole. */
export function pathOf({ code, message }: Finding, props: object, form: FieldSchema): string {
  const wants = matchers[code]
  if (!wants) return ''
  return find(props, form, '', (value, schema) => wants(value, schema, message)) ?? ''
}

type Match = (value: unknown, schema: FieldSchema, message: string) => boolean

const isLinkNamed: Match = (value, { input }, message) =>
  input === 'link' && typeof value === 'string' && value !== '' && message.includes(value)

const isImageNamed: Match = (value, { input }, message) => {
  const { imageId, src } = (value ?? {}) as { imageId?: string; src?: string }
  return input === 'image' && [imageId, src].some((name) => name !== undefined && message.includes(name))
}

const isHeading: Match = (value, schema) =>
  typeof value === 'string' && value !== '' && schema.input === undefined && (schema.maxLength ?? 0) === 160

const matchers: Readonly<Record<string, Match>> = {
  ANCHOR_MISSING: isLinkNamed,
  LINKED_PAGE_MISSING: isLinkNamed,
  LINK_BROKEN: isLinkNamed,
  LINK_UNCHECKED: isLinkNamed,
  LINK_PRIVATE: isLinkNamed,
  IMAGE_MISSING: isImageNamed,
  IMAGE_BROKEN: isImageNamed,
  ALT_MISSING: (value, { input }) => input === 'image' && (value as { alt?: string } | undefined)?.alt === '',
  HEADING_FIRST: isHeading,
  HEADING_SKIPPED: isHeading,
  HEADING_TWICE: isHeading,
}

function find(
  value: unknown,
  schema: FieldSchema,
  path: string,
  match: (value: unknown, schema: FieldSchema) => boolean,
): string | undefined {
  if (value === undefined) return undefined
  if (path !== '' && match(value, schema)) return path
  if (schema.input === 'image') return undefined
  const parts: [string, unknown, FieldSchema][] = Array.isArray(value)
    ? value.map((part, index) => [String(index), part, schema.items ?? {}])
    : Object.entries(schema.properties ?? {}).map(([name, part]) => [
        name,
        (value as Record<string, unknown>)[name],
        part,
      ])
  for (const [name, part, partSchema] of parts) {
    const found = find(part, partSchema, path === '' ? name : `${path}.${name}`, match)
    if (found !== undefined) return found
  }
  return undefined
}
