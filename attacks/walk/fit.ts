import { type Answer, ask, codesOf } from './answers.ts'
import { ownVariables } from './arguments.ts'
import type { Belongings } from './belongings.ts'
import { type Operation, operationFor, type Place } from './documents.ts'
import type { Asker, Estate } from './estate.ts'

const tooMuch = new Set(['QUERY_TOO_COSTLY', 'QUERY_TOO_DEEP', 'QUERY_TOO_LONG', 'QUERY_TOO_REPETITIVE'])

/** The operation that asks most of a place and is still run, and what it answers about one's own. */
export async function fitting(
  estate: Estate,
  asker: Asker,
  place: Place,
  own: Belongings,
): Promise<{ operation: Operation; answer: Answer }> {
  const schema = asker.endpoint === '/graphql' ? estate.schema : estate.publicSchema
  for (let depth = 2; ; depth--) {
    const operation = operationFor(schema, place, depth)
    const answer = await ask(estate, asker, { query: operation.text, variables: ownVariables(operation, own) })
    if (depth === 0 || !codesOf(answer).some((code) => tooMuch.has(code))) return { operation, answer }
  }
}
