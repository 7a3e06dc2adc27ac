/** A case or an execution, what a wording made of it, and what was wrong with that: what whoever proposes reads. */
export interface Example {
  readonly variables: unknown
  readonly answer: string
  /** From 0 to 1; null where nobody has said. */
  readonly score: number | null
  readonly feedback: readonly string[]
}

/** Characters of an answer, and of one text among the variables, that are shown. */
const longestText = 2_000
/** Characters of all variables together, as JSON. */
const longestVariables = 10_000

/** Cut to what a model should read: a case may hold a whole book. */
export function shownExample({ variables, answer, score, feedback }: Example): Example {
  return {
    variables: shownVariables(variables),
    answer: shownText(answer),
    score,
    feedback: feedback.slice(0, 20).map(shownText),
  }
}

export function shownText(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

function shownVariables(variables: unknown): unknown {
  const json = JSON.stringify(variables, (_key, value) => (typeof value === 'string' ? shownText(value) : value))
  return json.length > longestVariables ? `${json.slice(0, longestVariables)}…` : JSON.parse(json)
}
