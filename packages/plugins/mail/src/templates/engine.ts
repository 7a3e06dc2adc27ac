import { type Context, filters, Liquid } from 'liquidjs'

/** Liquid for HTML: every value is escaped, and there is no way around it. */
export const htmlEngine = engine({ outputEscape: escaped })

/** Liquid for the subject, which is no HTML. */
export const textEngine = engine({})

/** Stands where a value was left out: a character of Unicode's private use area. */
export const blank = '\uE0B1'

/** The register of a context that values are left in, if it has one. */
export const leftOut = 'values that are left out'

interface Filtering {
  readonly context: Context
}

const escapeFilter = filters.escape as unknown as (this: Filtering, value: unknown) => string

/** A value as it stands in HTML; where values are left out, a {@link blank} for it. */
export function escaped(this: Filtering, value: unknown): string {
  const text = escapeFilter.call(this, value)
  const values = this.context.getRegister(leftOut) as string[] | undefined
  if (!values) return text
  values.push(text)
  return blank
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&#34;': '"',
  '&#39;': "'",
}

/** What a value was before it was escaped. */
export function unescaped(value: string): string {
  return value.replace(/&(?:amp|lt|gt|#34|#39);/g, (entity) => entities[entity] as string)
}

function engine(options: { outputEscape?: typeof escaped }): Liquid {
  const liquid = new Liquid({
    ...options,
    strictFilters: true,
    strictVariables: true,
    // What is not there is false in `if` and takes the value of `default`: there the template says itself what to do.
    lenientIf: true,
    ownPropertyOnly: true,
    timezoneOffset: 'UTC',
    locale: 'en',
    parseLimit: 1_000_000,
    renderLimit: 1_000,
    memoryLimit: 10_000_000,
    templates: {},
  })
  // `raw` lets markup of others into the mail; `sample` is chance, which nobody could preview.
  for (const filter of ['raw', 'sample']) delete liquid.filters[filter]
  // They read files.
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
  return liquid
}
