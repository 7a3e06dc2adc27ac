import { Parser } from 'htmlparser2'

/** Breaks out of text, of attributes in either quotes, of titles, scripts and templates; short enough for a button. */
export const payload = `"'></title></script><svg onload=x data-attack>{{7|times:6}}`

/** What a browser would make of a page's markup that came out of {@link payload}. Empty where all of it stayed text. */
export function outOf(html: string): string[] {
  const found: string[] = []
  let script: string | undefined
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (Object.keys(attributes).some((attribute) => /^(on|data-attack)/.test(attribute)))
        found.push(`<${name} ${JSON.stringify(attributes)}>`)
      if (Object.values(attributes).some((value) => /^\s*(javascript|data:text\/html|vbscript):/i.test(value)))
        found.push(`<${name} ${JSON.stringify(attributes)}>`)
      if (name === 'script') script = ''
    },
    ontext: (text) => {
      if (script !== undefined) script += text
    },
    onclosetag: (name) => {
      // Within a script only a text of the script may hold it, and no sign that ends the script.
      if (name === 'script' && script !== undefined && /<\/?script|\u2028/i.test(script))
        found.push(`a script with ${script.slice(0, 200)}`)
      if (name === 'script') script = undefined
    },
  })
  parser.end(html)
  return found
}

/** A document whose texts are all the payload: what names, links and choices are stays as it is. */
export function withPayload(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withPayload(item, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withPayload(inner, name)]))
  return typeof value === 'string' && textual.test(key) ? payload : value
}

const textual =
  /^(title|subtitle|heading|text|label|quote|question|answer|author|role|caption|description|eyebrow|note|kicker)$/
