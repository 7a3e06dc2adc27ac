import { join } from 'node:path'
import {
  ApiClass,
  ApiDeclaredItem,
  ApiInterface,
  type ApiItem,
  ApiItemKind,
  ApiModel,
  ApiPropertyItem,
} from '@microsoft/api-extractor-model'
import type { ApiReport } from './apiReports.ts'
import { type DocComment, firstSentence, readDocComment } from './docComment.ts'
import { formatSignatures } from './formatSignatures.ts'
import { OriginalComments } from './originalComments.ts'
import { type Topic, topicOf, topics } from './topics.ts'

/** The reference, as Markdown. */
export interface Reference {
  /** From a path relative to docs/reference to its text. */
  readonly pages: ReadonlyMap<string, string>
  /** Exports without a comment, or on no page: one line each. */
  readonly faults: readonly string[]
}

/** Something that a door exports. */
interface Entry {
  readonly name: string
  /** The name; where another one on the page differs in letter case alone, with what it is, because anchors know no case. */
  readonly heading: string
  readonly item: ApiDeclaredItem
  readonly topic: Topic
  readonly comment: DocComment
}

/**
 * Writes the reference out of the doc comments: a page for each topic, grouped by what one wants to do and not by where it stands.
 *
 * @param stagedFolder where the package of a door lies, whose declarations hold the comments as they were written
 */
export async function writeReference(
  reports: readonly ApiReport[],
  stagedFolder: (report: ApiReport) => string,
): Promise<Reference> {
  const comments = new OriginalComments()
  const faults: string[] = []
  const found: Entry[] = []
  for (const report of reports) {
    const door = new ApiModel().loadPackage(report.modelFile).entryPoints[0]
    for (const item of door?.members ?? []) {
      if (!(item instanceof ApiDeclaredItem)) continue
      const file = item.fileUrlPath ?? ''
      const name = exportedName(item)
      const topic = topicOf(report.door.name, file)
      const comment = commentOf(item, join(stagedFolder(report), file), comments)
      const source = file.replace(/\.d\.ts$/, '')
      if (!topic)
        faults.push(
          `${report.door.specifier}: ${name} (${source}) is on no page: name its file in scripts/publish/topics.ts.`,
        )
      if (!comment.summary)
        faults.push(`${report.door.specifier}: ${name} (${source}) has no doc comment: say what it is for, above it.`)
      if (topic) found.push({ name, heading: name, item, topic, comment })
    }
  }
  const entries = found.map((entry) => ({ ...entry, heading: headingOf(entry, found) }))
  const pages = new Map<string, string>()
  const used = topics.filter((topic) => entries.some((entry) => entry.topic === topic))
  const signatures = await formatSignatures(entries.map(({ item }) => signatureOf(item)))
  for (const topic of used) {
    const there = entries.filter((entry) => entry.topic === topic)
    const own = [...there.filter(({ item }) => isValue(item)), ...there.filter(({ item }) => !isValue(item))]
    const linked = links(entries, topic)
    const commentsIn = ({ item, topic: { door } }: Entry) => {
      const report = reports.find((each) => each.door.name === door) as ApiReport
      const file = join(stagedFolder(report), item.fileUrlPath ?? '')
      return (member: ApiDeclaredItem) => commentOf(member, file, comments)
    }
    pages.set(
      topic.page,
      `${[
        `# ${topic.title}`,
        topic.purpose,
        notice,
        contents(own, linked),
        ...own.map((entry) => described(entry, signatures[entries.indexOf(entry)] ?? '', linked, commentsIn(entry))),
      ].join('\n\n')}\n`,
    )
  }
  pages.set('README.md', index(used, entries))
  return { pages, faults }
}

const notice = '<!-- Made from the doc comments by `npm run api`: edit those. -->'

function index(used: readonly Topic[], entries: readonly Entry[]): string {
  const rows = used.map((topic) => {
    const names = entries
      .filter((entry) => entry.topic === topic && isValue(entry.item))
      .map(({ name }) => `\`${name}\``)
    return `| [${topic.title}](${topic.page}) | ${topic.purpose} | ${[...new Set(names)].join(', ')} |`
  })
  return `# Reference

Everything that the packages export, made from the doc comments in the sources. How the parts work together is in
[plugins.md](../plugins.md), [admin.md](../admin.md) and [graphql.md](../graphql.md); the signatures alone, as reviewers see them change, are in [api](../api).

${notice}

| | | functions, classes and values |
|---|---|---|
${rows.join('\n')}
`
}

/** Functions and values first: types are read when a signature names them. */
function contents(own: readonly Entry[], linked: Linker): string {
  const rows = (entries: readonly Entry[]) =>
    entries.map(
      ({ name, heading, comment }) =>
        `| [\`${name}\`](#${anchor(heading)}) | ${inTable(linked(firstSentence(comment.summary)))} |`,
    )
  const values = own.filter(({ item }) => isValue(item))
  const types = own.filter(({ item }) => !isValue(item))
  return [
    ...(values.length > 0 ? ['| | |\n|---|---|', ...rows(values)] : []),
    ...(types.length > 0 ? [`${values.length > 0 ? '\n' : ''}| types | |\n|---|---|`, ...rows(types)] : []),
  ].join('\n')
}

function described(
  { heading, item, comment }: Entry,
  signature: string,
  linked: Linker,
  commentIn: (item: ApiDeclaredItem) => DocComment,
): string {
  const members = item.members.filter((member) => member instanceof ApiDeclaredItem)
  return [
    `## ${heading}`,
    linked(comment.summary),
    signature && `\`\`\`ts\n${signature}\n\`\`\``,
    comment.parameters.map((each) => `- \`${each.name}\` ${linked(each.text).replace(/\s+/g, ' ')}`).join('\n'),
    comment.returns && `**Returns** ${linked(comment.returns)}`,
    ...comment.throws.map((text) => `**Throws** ${linked(text)}`),
    ...comment.examples.map((code) => `\`\`\`ts\n${code}\n\`\`\``),
    members.length > 0 ? memberTable(members, linked, commentIn) : '',
  ]
    .filter(Boolean)
    .join('\n\n')
}

function memberTable(
  members: readonly ApiDeclaredItem[],
  linked: Linker,
  commentIn: (item: ApiDeclaredItem) => DocComment,
): string {
  const rows = members.map((member) => {
    const { summary, parameters, returns, throws } = commentIn(member)
    const more = [
      ...parameters.map(({ name, text }) => `\`${name}\`: ${text}`),
      returns && `Returns ${returns}`,
      ...throws.map((text) => `Throws ${text}`),
    ]
    const words = linked([summary, ...more].filter(Boolean).join(' '))
    return `| ${code(memberName(member))} | ${code(memberType(member))} | ${inTable(words)} |`
  })
  return `| member | type | |\n|---|---|---|\n${rows.join('\n')}`
}

function memberName(member: ApiDeclaredItem): string {
  if (member.kind === ApiItemKind.Constructor) return 'new'
  const optional = member instanceof ApiPropertyItem && member.isOptional ? '?' : ''
  return member.displayName + optional
}

/** What stands after the name: the type of a property, parameters and answer of a method. */
function memberType(member: ApiDeclaredItem): string {
  // `readonly code = 'CONFLICT'` has its type in its value.
  if (member instanceof ApiPropertyItem)
    return plain(member.propertyTypeExcerpt.text) || (/= (.+?);?$/.exec(member.excerpt.text)?.[1] ?? 'unknown')
  const text = plain(member.excerpt.text.replace(/;$/, ''))
  const start = text.search(/[(<]/)
  return start < 0 ? text : text.slice(start)
}

/** As it is written in a declaration file; for what has members, the line that names it: they follow in a table. */
function signatureOf(item: ApiDeclaredItem): string {
  const text = plain(item.excerpt.text.replace(/^export (declare )?/, ''))
  if (item instanceof ApiInterface || item instanceof ApiClass)
    return item.typeParameters.length > 0 || /\bextends\b/.test(text) ? `${text.replace(/\s*$/, '')} {}` : ''
  if (item.kind === ApiItemKind.Variable) return `declare const ${text}`
  return item.kind === ApiItemKind.Function ? `declare ${text}` : text
}

function commentOf(item: ApiDeclaredItem, file: string, comments: OriginalComments): DocComment {
  const comment = (item as { tsdocComment?: { emitAsTsdoc(): string } }).tsdocComment
  const text = comment?.emitAsTsdoc() ?? ''
  // What API Extractor says of constructors that nobody has described.
  return readDocComment(text.includes(' * Constructs a new instance of the ') ? '' : comments.find(file, text))
}

/** Without where the compiler found a type that the source does not name. */
function plain(signature: string): string {
  return signature.replaceAll(/import\([^)]+\)\./g, '').replaceAll(/\b(Cache|Plugin)_2\b/g, '$1')
}

function headingOf({ name, item, topic }: Entry, entries: readonly Entry[]): string {
  const collides = entries.some(
    (other) => other.topic === topic && other.name !== name && other.name.toLowerCase() === name.toLowerCase(),
  )
  return collides && /^[A-Z]/.test(name) ? `${name} (${item.kind === ApiItemKind.Class ? 'class' : 'type'})` : name
}

/** `Cache` for what the extractor calls `Cache_2`, because the browser has a `Cache` too. */
function exportedName(item: ApiItem): string {
  return item.displayName.replace(/_\d+$/, '')
}

function isValue({ kind }: ApiItem): boolean {
  return kind !== ApiItemKind.Interface && kind !== ApiItemKind.TypeAlias
}

type Linker = (text: string) => string

/** Turns `{@link Name}` into a link, relative to the page of a topic. */
function links(entries: readonly Entry[], from: Topic): Linker {
  const up = '../'.repeat(from.page.split('/').length - 1)
  return (text) =>
    text.replaceAll(/\{@link ([^}|\s]+)(?:\s*\|\s*([^}]+))?\}/g, (_all, target: string, words?: string) => {
      const name = target.split('.')[0] as string
      const found =
        entries.find((entry) => entry.name === name && entry.topic.door === from.door) ??
        entries.find((entry) => entry.name === name)
      const shown = words?.trim() ?? `\`${target}\``
      if (!found) return shown
      return `[${shown}](${found.topic === from ? '' : up + found.topic.page}#${anchor(found.heading)})`
    })
}

function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[()]/g, '').replaceAll(' ', '-')
}

function code(text: string): string {
  return `\`${inTable(text.replace(/\s+/g, ' '))}\``
}

function inTable(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')
}
