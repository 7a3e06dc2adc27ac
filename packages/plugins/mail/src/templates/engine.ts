import { Liquid } from 'liquidjs'

/** Liquid for HTML: every value is escaped, and there is no way around it. */
export const htmlEngine = engine({ outputEscape: 'escape' })

/** Liquid for the subject, which is no HTML. */
export const textEngine = engine({})

function engine(options: { outputEscape?: 'escape' }): Liquid {
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
