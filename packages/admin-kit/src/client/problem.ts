import type { CombinedError } from '@urql/core'

/** One thing that is wrong with an input. */
export interface Issue {
  /** From the argument down: "input.variants.0.weight". */
  readonly path: string
  readonly message: string
}

/** Who saved something last. */
export interface LastSave {
  /** Null where it is not known. */
  readonly by?: string | null
  /** ISO 8601. */
  readonly at?: string | null
  readonly version: number
}

/** Why something could not be asked or done, in the words of the server. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `CONFLICT`, `INVALID_INPUT`, …; `UNREACHABLE` when no answer came. */
  readonly code: string
  readonly issues: readonly Issue[]
  /** Somebody else saved the thing since it was read. Undefined for every other reason, other conflicts included. */
  readonly saved: LastSave | undefined

  constructor(code: string, message: string, issues: readonly Issue[] = [], saved?: LastSave) {
    super(message)
    this.code = code
    this.issues = issues
    this.saved = saved
  }

  /** Of asking for one thing by its id: there is no such thing any more, or the id in the address is none. */
  get isGone(): boolean {
    return this.code === 'NOT_FOUND' || this.code === 'INVALID_INPUT'
  }
}

/** The part of a mutation's answer that says why nothing was done. */
interface Refusal {
  readonly code?: string
  readonly message?: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
  readonly saved?: LastSave | null
}

export function refusalProblem({ code, message, issues = [], saved }: Refusal): Problem {
  return new Problem(code ?? 'REFUSED', message ?? words().refused, issues, saved ?? undefined)
}

export function problemOf(error: CombinedError): Problem {
  const [fault] = error.graphQLErrors
  if (fault) return new Problem(String(fault.extensions.code ?? 'UNKNOWN'), fault.message)
  const cause = error.networkError
  return cause instanceof Problem ? cause : unreachable()
}

/** No answer came, or none of the server's own. */
export function unreachable(): Problem {
  return new Problem('UNREACHABLE', words().unreachable)
}

const inLanguages = {
  en: {
    unreachable: 'The server cannot be reached. Nothing is lost: try again when the connection is back.',
    refused: 'The server refused this without saying why. Load the page again, then try once more.',
  },
  fr: {
    unreachable: 'Le serveur est injoignable. Rien n’est perdu : réessayez quand la connexion sera revenue.',
    refused: 'Le serveur a refusé sans dire pourquoi. Rechargez la page, puis réessayez.',
  },
}

/** Outside of React: the language is what the shell set on the document. */
function words(): (typeof inLanguages)['en'] {
  return globalThis.document?.documentElement.lang === 'fr' ? inLanguages.fr : inLanguages.en
}
