import { randomUUID } from 'node:crypto'
import type { Requester } from '../schema/graphqlContext.ts'
import type { Authenticator } from './authenticator.ts'

/** The credentials behind what is open now, by a name that is the same for the same session or key with the same rights. */
export class OpenCredentials {
  readonly #authenticator: Authenticator
  readonly #held = new Map<string, { requester: Requester; holders: number }>()

  constructor(authenticator: Authenticator) {
    this.#authenticator = authenticator
  }

  /** Remembers who has something open. @returns lets go of it; once */
  hold(requester: Requester): () => void {
    const name = credentialOf(requester)
    const held = this.#held.get(name) ?? { requester, holders: 0 }
    this.#held.set(name, held)
    held.holders += 1
    let released = false
    return () => {
      if (released) return
      released = true
      held.holders -= 1
      if (held.holders === 0) this.#held.delete(name)
    }
  }

  /** Those of the credentials that still hold; asked in one batch. */
  async stillValid(names: readonly string[]): Promise<ReadonlySet<string>> {
    const known = names.flatMap((name) => {
      const held = this.#held.get(name)
      return held ? [{ name, requester: held.requester }] : []
    })
    const answers = await this.#authenticator.stillValid(known.map(({ requester }) => requester))
    return new Set(known.filter((_, place) => answers[place]).map(({ name }) => name))
  }
}

export function credentialOf(requester: Requester): string {
  const { workspaceId, principal } = requester
  if (principal?.type === 'apiKey') return `key ${principal.id} ${[...principal.permissions].sort().join(' ')}`
  if (principal?.type === 'user') return `session ${principal.sessionId} ${workspaceId} ${principal.role}`
  // Signed in without a workspace: rare, so each request counts for itself.
  const known = unnamed.get(requester) ?? `request ${randomUUID()}`
  unnamed.set(requester, known)
  return known
}

const unnamed = new WeakMap<Requester, string>()
