/** Key words that PostgreSQL takes for no name without quotes (appendix C of its manual: reserved, and reserved for functions and types). */
const sql = `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp
  current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having
  ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not
  notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar
  some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window
  with`

/** Key words of JavaScript in modules, and those of TypeScript that cannot name a type. */
const javascript = `abstract any arguments async await bigint boolean break case catch class const continue debugger declare default
  delete do else enum eval export extends false finally for function get if implements import in infer instanceof interface
  keyof let module namespace never new null number object of package private protected public readonly require return set
  static string super switch symbol this throw true try type typeof undefined unique unknown using var void while with yield`

/** What the generated code itself calls by these names. */
const ownCode = `add answer app archive badge both builder button client constructor context create ctx describe
  dialog document editor example expect form get heard hint id index input job kernel label list listener message
  name open ours page params plugin query read route row rows said schema server service setting settings shape
  shapes slug state status test theirs title toast tx url viewer website word words workspace write`

/** Names of the API that mean something to every client of GraphQL. */
const graphql = 'connection edge error mutation node page-info query subscription'

const words = [
  { list: sql, why: 'is a key word of SQL, so its table would have to be quoted everywhere' },
  { list: javascript, why: 'is a key word of TypeScript' },
  { list: graphql, why: 'means something else in every GraphQL API' },
  { list: ownCode, why: 'means something else in the code of a plugin' },
].map(({ list, why }) => ({ known: new Set(list.split(/\s+/)), why }))

/** The first of these identifiers that code or SQL could not use as a name, and why. */
export function reservedWord(identifiers: readonly string[]): { word: string; why: string } | undefined {
  for (const identifier of identifiers) {
    const word = identifier.toLowerCase()
    const found = words.find(({ known }) => known.has(word))
    if (found) return { word, why: found.why }
    if (/^[A-Z]/.test(identifier) && identifier in globalThis)
      return { word: identifier, why: 'is something else in JavaScript' }
  }
  return undefined
}
