import type { Asker, Estate } from './estate.ts'
import { ofNeighbor } from './furniture.ts'

/** What came back. */
export interface Answer {
  readonly status: number
  readonly text: string
}

interface Asked {
  readonly query: string
  readonly variables: Record<string, unknown>
}

/** Asks over HTTP, with the credentials of the asker. */
export async function ask(
  { app, coverage }: Estate,
  asker: Asker,
  { query, variables }: Asked,
  headers: object = {},
): Promise<Answer> {
  const response = await fetch(app.url + asker.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...asker.headers, ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const answer = { status: response.status, text: await response.text() }
  coverage.add(asker.endpoint, query, answer.text)
  return answer
}

/** What an answer says of the neighbor's that was not in the question; undefined where it says nothing. */
export function leaked(text: string, sent: unknown = ''): string | undefined {
  const known = marksIn(JSON.stringify(sent))
  // A message may shorten what it repeats.
  return marksIn(text).find((mark) => !known.some((one) => one.startsWith(mark)))
}

/** Every value of the neighbor's in a text, in its ids and tokens too. */
function marksIn(text: string): string[] {
  const coded = [...text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)].map(([part]) => decoded(part))
  return [text, ...coded].flatMap((part) => [...part.matchAll(ofNeighbor)].map(([mark]) => mark.toLowerCase()))
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64').toString('latin1')
}

/**
 * An answer without what differs from one asking to the next: whose things were asked for, new ids, hashes, times. What is left of
 * two answers is the same, or one of them says something.
 *
 * @param numbers whether numbers count: not in what was made just now, whose versions and positions go up
 */
export function likeness({ status, text }: Answer, { numbers = true } = {}): string {
  const said = withoutExtensions(text)
  const alike = `${status} ${said}`
    .replace(/[A-Za-z0-9+/_-]{16,}={0,2}/g, (part) =>
      /^\w+:[0-9a-f-]{36}$/.test(decoded(part)) ? `<id ${decoded(part).split(':')[0]}>` : part,
    )
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<uuid>')
    .replace(/q[abe]7x/g, 'q?7x')
    .replace(/"traceId":"\w+"/g, '"traceId"')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/[A-Za-z0-9+/_-]{16,}={0,2}|esp_[\w-]+/g, '<token>')
  return numbers ? alike : alike.replace(/\d+/g, '#')
}

/** What an operation cost, and how many more may be asked, is nobody's secret; nor is what stands first, data or errors. */
function withoutExtensions(text: string): string {
  if (!/^\{"(data|errors|extensions)"/.test(text)) return text
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown }
  return JSON.stringify({ data: data ?? null, errors })
}

/** The codes of an answer's errors, of those in its data too. */
export function codesOf({ text }: Answer): string[] {
  return [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code = '']) => code)
}
