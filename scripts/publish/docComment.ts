/** A doc comment, in its parts; text is Markdown with `{@link Name}` in it. */
export interface DocComment {
  readonly summary: string
  readonly parameters: readonly { readonly name: string; readonly text: string }[]
  readonly returns: string
  readonly throws: readonly string[]
  /** Code. */
  readonly examples: readonly string[]
}

/**
 * Reads a doc comment as the house writes them: text, then `@param name text`, `@returns`, `@throws` and `@example`, each up to the next
 * one, also within a line. An example is code without a fence.
 *
 * @param comment with or without its stars
 */
export function readDocComment(comment: string): DocComment {
  const lines = comment
    .replace(/^\s*\/\*\*+/, '')
    .replace(/\*+\/\s*$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
  const text = lines.join('\n').trim()
  const blocks: { tag: string; text: string }[] = []
  // A tag stands after a space; what is quoted as code, and `{@link}`, is none.
  for (const part of text.split(/(?:^|(?<=\s))(?=@(?:param|typeParam|returns|throws|example|remarks|see)\b)/)) {
    const [, tag = '', rest = part] = /^@(\w+)\s?([\s\S]*)$/.exec(part) ?? []
    blocks.push({ tag, text: tag === 'example' ? withoutMargin(rest) : rest.trim() })
  }
  const all = (tag: string) => blocks.filter((block) => block.tag === tag).map((block) => block.text)
  return {
    summary: [...all(''), ...all('remarks'), ...all('see')].filter(Boolean).join('\n\n'),
    parameters: [...all('param'), ...all('typeParam')].map((each) => {
      const [, name = each, rest = ''] = /^(\S+)\s*(?:- )?([\s\S]*)$/.exec(each) ?? []
      return { name, text: rest }
    }),
    returns: all('returns').join(' '),
    throws: all('throws'),
    examples: all('example').filter(Boolean),
  }
}

/** Up to the first full stop that ends a sentence. */
export function firstSentence(text: string): string {
  const paragraph =
    text
      .split(/\n\s*\n/)[0]
      ?.replace(/\s+/g, ' ')
      .trim() ?? ''
  return /^.+?(?<!\.)\.(?=\s+[^a-z]|$)/.exec(paragraph)?.[0] ?? paragraph
}

function withoutMargin(code: string): string {
  return code.replace(/^\n+|\s+$/g, '').replace(/^```\w*\n([\s\S]*?)\n?```$/, '$1')
}
