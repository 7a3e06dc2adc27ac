import { diffLines, diffWordsWithSpace } from 'diff'
import { type ReactNode, useMemo } from 'react'
import { useMessages } from '../language/messages.ts'
import { words } from './words.ts'
import './Diff.css'

/**
 * What differs between two texts: line by line, and within lines that changed word by word. Long stretches that are the
 * same are folded. Told by signs and elements, not by color alone.
 *
 * @param label read out: what is compared
 */
export function Diff({ label, before, after }: { label: string; before: string; after: string }) {
  const m = useMessages(words)
  const blocks = useMemo(() => blocksOf(before, after), [before, after])
  if (blocks.every(({ kind }) => kind === 'same')) return <p className="e-muted">{m.same}</p>
  return (
    // biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
    // biome-ignore-start lint/a11y/useSemanticElements: a fieldset is for what is filled in
    <div className="e-diff" role="group" aria-label={label} tabIndex={0}>
      {blocks.map((block, index) => {
        const key = `${index} ${block.kind}`
        if (block.kind === 'same') return <Same key={key} lines={block.lines} />
        return (
          <div key={key}>
            {block.removed.length > 0 && (
              <del className="e-diff-lines">
                <Lines sign="−" lines={block.removed.map((line, at) => marked(line, block.added[at], 'removed'))} />
              </del>
            )}
            {block.added.length > 0 && (
              <ins className="e-diff-lines">
                <Lines sign="+" lines={block.added.map((line, at) => marked(line, block.removed[at], 'added'))} />
              </ins>
            )}
          </div>
        )
      })}
    </div>
    // biome-ignore-end lint/a11y/useSemanticElements: see above
    // biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above
  )
}

type Block =
  | { readonly kind: 'same'; readonly lines: readonly string[] }
  | { readonly kind: 'changed'; readonly removed: readonly string[]; readonly added: readonly string[] }

/** Stretches that are the same, and stretches that were replaced: what was taken away with what came instead. */
function blocksOf(before: string, after: string): Block[] {
  const blocks: Block[] = []
  for (const { value, added, removed } of diffLines(ended(before), ended(after))) {
    const lines = value.replace(/\n$/, '').split('\n')
    const last = blocks.at(-1)
    if (!added && !removed) blocks.push({ kind: 'same', lines })
    else if (added && last?.kind === 'changed' && last.added.length === 0)
      blocks[blocks.length - 1] = { ...last, added: lines }
    else blocks.push({ kind: 'changed', removed: removed ? lines : [], added: added ? lines : [] })
  }
  return blocks
}

/** The last line is a line like the others, whether or not it has an end. */
function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

/** Three lines around what changed; the rest in one line that says how many there are. */
function Same({ lines }: { lines: readonly string[] }) {
  const m = useMessages(words)
  const isLong = lines.length > 8
  const head = isLong ? lines.slice(0, 3) : lines
  const tail = isLong ? lines.slice(-3) : []
  return (
    <div className="e-diff-lines">
      <Lines lines={head} />
      {isLong && <div className="e-diff-fold">{m.unchangedLines(lines.length - 6)}</div>}
      <Lines lines={tail} />
    </div>
  )
}

function Lines({ sign = ' ', lines }: { sign?: string; lines: readonly ReactNode[] }) {
  return lines.map((line, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines may be equal, and none moves
    <div key={at} className="e-diff-line">
      <span className="e-diff-sign" aria-hidden="true">
        {sign}
      </span>
      <span>{line}</span>
    </div>
  ))
}

/** The words of a line that its counterpart has not. */
function marked(line: string, other: string | undefined, kind: 'added' | 'removed'): ReactNode {
  if (other === undefined || line.length + other.length > 4000) return line || ' '
  const parts = kind === 'added' ? diffWordsWithSpace(other, line) : diffWordsWithSpace(line, other)
  const own = parts.filter((part) => (kind === 'added' ? !part.removed : !part.added))
  // Lines that share next to nothing are another line, not a changed one.
  const shared = own.reduce((sum, part) => sum + (part[kind] ? 0 : part.value.length), 0)
  if (shared < line.length / 4) return line || ' '
  let at = 0
  return own.map((part) => {
    at += part.value.length
    return part[kind] ? (
      <mark key={at} className="e-diff-word">
        {part.value}
      </mark>
    ) : (
      part.value
    )
  })
}
