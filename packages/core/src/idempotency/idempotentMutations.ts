import type { ExecutionResult } from 'graphql'
import { type KeyRing, SecretError } from '../access/keyRing.ts'
import type { Principal } from '../access/principal.ts'
import type { SqlContext } from '../context.ts'
import { prepared } from '../data/sql.ts'
import { IdempotencyClaim, type IdempotentRequest, rememberedForMs } from './idempotencyClaim.ts'
import { type ChangedResource, IdempotencyError } from './idempotencyError.ts'

/** How long a committed mutation may take to read what its answer selects. After it the answer counts as lost. Milliseconds. */
const answersWithinMs = 60_000

/**
 * Mutations that are sent again are carried out once. The key is taken in the transaction of the mutation, so there is never
 * one without the other; the answer, which is read after the commit, is kept beside it for a day, sealed, for it may hold a
 * secret that is shown once. A mutation that wrote nothing leaves its key free.
 */
export class IdempotentMutations {
  readonly #ring: KeyRing

  constructor(ring: KeyRing) {
    this.#ring = ring
  }

  /**
   * @returns the answer that the key was given before, or undefined where the mutation is to be carried out
   * @throws IdempotencyError where the key stands for another request, or its answer is not there (yet)
   */
  async answered(context: SqlContext, request: IdempotentRequest): Promise<ExecutionResult | undefined> {
    const { principal, key, fingerprint } = request
    const now = context.clock.now().getTime()
    const [known] = await context.db.query<KnownKey>(selectKey(principal, key))
    if (!known || known.at.getTime() < now - rememberedForMs) return undefined
    if (known.fingerprint !== fingerprint) throw IdempotencyError.reused(key)
    const { keyId, sealed } = known
    if (keyId && sealed) {
      const text = this.#open(context, request, { keyId, sealed })
      const answer = text === undefined ? null : (JSON.parse(text) as ExecutionResult | null)
      if (answer) return answer
    } else if (now - known.at.getTime() < answersWithinMs) throw IdempotencyError.inUse(key)
    throw IdempotencyError.answerLost(key, known.changed)
  }

  claim(request: IdempotentRequest): IdempotencyClaim {
    return new IdempotencyClaim(request)
  }

  /**
   * Keeps an answer; undefined for one that is lost already. Where that fails the caller has it all the same; a repetition learns
   * that it is lost.
   */
  async keep(context: SqlContext, request: IdempotentRequest, answer: ExecutionResult | undefined): Promise<void> {
    const { keyId, sealed } = this.#ring.seal(JSON.stringify(answer ?? null), placeOf(context, request))
    await context.db
      .query(keepAnswer(request.principal, request.key, keyId, sealed))
      .catch((err: unknown) =>
        context.log.warn({ err }, 'the answer to a mutation with an idempotency key is not kept'),
      )
  }

  #open(context: SqlContext, request: IdempotentRequest, sealed: { keyId: string; sealed: Uint8Array }) {
    try {
      return this.#ring.open(sealed, placeOf(context, request))
    } catch (err) {
      // Its key has left the ring meanwhile.
      if (!(err instanceof SecretError)) throw err
      context.log.warn({ err }, 'the answer to a mutation with an idempotency key does not open')
      return undefined
    }
  }
}

/** Whose keys a principal's are. @returns undefined for the system, which sends no requests */
export function keyHolder(principal: Principal | undefined): string | undefined {
  return principal && principal.type !== 'system' ? `${principal.type}:${principal.id}` : undefined
}

function placeOf({ workspaceId }: SqlContext, { principal, key }: IdempotentRequest) {
  return { workspaceId, name: `idempotency/${principal}/${key}` }
}

interface KnownKey extends Record<string, unknown> {
  readonly fingerprint: string
  readonly at: Date
  readonly changed: readonly ChangedResource[]
  readonly keyId: string | null
  readonly sealed: Uint8Array | null
}

const selectKey = prepared(
  'idempotency_select_key',
  `select "fingerprint", "at", "changed", "keyId", "sealed" from "IdempotencyKey"
   where "workspaceId" = current_workspace() and "principal" = $1 and "key" = $2`,
)

const keepAnswer = prepared(
  'idempotency_keep_answer',
  `update "IdempotencyKey" set "keyId" = $3, "sealed" = $4
   where "workspaceId" = current_workspace() and "principal" = $1 and "key" = $2`,
)
