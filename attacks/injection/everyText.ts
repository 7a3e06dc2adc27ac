import { type Answer, ask, codesOf } from '../walk/answers.ts'
import { variationsOf } from '../walk/arguments.ts'
import { operationFor, placesOf } from '../walk/documents.ts'
import type { Estate, Settled } from '../walk/estate.ts'
import { each } from '../walk/finding.ts'

/** What came of saying something wherever something can be said. */
export interface Said {
  /** Places that took it. */
  readonly taken: readonly string[]
  /** Answers that show more than a refusal may, and where. */
  readonly broken: readonly string[]
  /** Every text that an answer calls HTML. */
  readonly html: readonly string[]
}

/** Says `payload` in each String of each argument of every query and mutation, one place after another, with one's own everywhere else. */
export async function sayEverywhere(estate: Estate, { owner, has }: Settled, payload: string): Promise<Said> {
  const said = { taken: [] as string[], broken: [] as string[], html: [] as string[] }
  const saying = { ...has, text: () => payload }
  const places = placesOf(estate.schema).filter(
    ({ root, coordinate }) => root !== 'subscription' && !ends.test(coordinate),
  )
  await each(places, async (place) => {
    const operation = operationFor(estate.schema, place, place.root === 'mutation' ? 1 : 0)
    for (const { what, variables } of variationsOf(operation, has)) {
      const given = variables(saying)
      if (!JSON.stringify(given).includes(JSON.stringify(payload).slice(1, -1))) continue
      const answer = await ask(estate, owner, { query: operation.text, variables: given })
      if (answer.status >= 500 || codesOf(answer).includes('INTERNAL_ERROR'))
        said.broken.push(`${what}: ${answer.text.slice(0, 300)}`)
      if (taken(answer)) said.taken.push(what)
      said.html.push(...htmlIn(answer))
    }
  })
  return said
}

const ends =
  /^Mutation\.(signOut|leaveWorkspace|delete\w*|remove\w*|archive\w*|revoke\w*|changePassword|switchWorkspace|signIn|setUp)$/

const taken = ({ text }: Answer) => /"__typename":"\w+Success"/.test(text)

/** Values of fields with "html" in their names. */
function htmlIn({ text }: Answer): string[] {
  const found: string[] = []
  JSON.parse(text, (key, value) => {
    if (/html/i.test(key) && typeof value === 'string') found.push(value)
    return value
  })
  return found
}
