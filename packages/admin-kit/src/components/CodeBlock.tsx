import { type CSSProperties, type ReactNode, useMemo } from 'react'
import { CopyButton } from './CopyField.tsx'
import './code.css'

/**
 * Text in letters of one width: a snippet, a template, what a model said. It scrolls by itself.
 *
 * @param label read out: what it is
 * @param height CSS length at which it begins to scroll, default 24rem
 */
export function CodeBlock({
  label,
  code,
  copy = true,
  height,
}: {
  label: string
  code: string
  copy?: boolean
  height?: string
}) {
  return (
    <Block label={label} text={code} copy={copy} height={height}>
      {code}
    </Block>
  )
}

/** A value of JSON, indented, with its keys and values told apart. */
export function JsonView({ label, value, height }: { label: string; value: unknown; height?: string }) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? 'undefined', [value])
  return (
    <Block label={label} text={text} copy height={height}>
      {useMemo(() => colored(text), [text])}
    </Block>
  )
}

function Block({
  label,
  text,
  copy,
  height,
  children,
}: {
  label: string
  text: string
  copy: boolean
  height: string | undefined
  children: ReactNode
}) {
  return (
    <div className="e-code" style={height === undefined ? undefined : ({ '--code-height': height } as CSSProperties)}>
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
      {/* biome-ignore-start lint/a11y/useSemanticElements: a fieldset is for what is filled in */}
      <div className="e-code-text" role="group" aria-label={label} tabIndex={0}>
        <pre>{children}</pre>
      </div>
      {/* biome-ignore-end lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above */}
      {copy && (
        <div className="e-code-copy">
          <CopyButton text={text} />
        </div>
      )}
    </div>
  )
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g

/** Elements for keys, texts and other values; very long text stays as it is. */
function colored(text: string): ReactNode {
  if (text.length > 50_000) return text
  const parts: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(token)) {
    const [all, quoted, colon, other] = match
    const kind = colon !== undefined ? 'key' : other !== undefined ? 'other' : 'text'
    const shown = quoted ?? all
    parts.push(text.slice(end, match.index))
    parts.push(
      <span key={match.index} className={`e-json-${kind}`}>
        {shown}
      </span>,
    )
    end = match.index + shown.length
  }
  parts.push(text.slice(end))
  return parts
}
