import type { AuditChange } from '../access/audit.ts'
import type { SqlContext } from '../context.ts'
import { prepared } from '../data/sql.ts'
import { IdempotencyError } from './idempotencyError.ts'

/** How long a key is remembered after its mutation. Milliseconds: 24 hours. */
export const rememberedForMs = 24 * 3600_000

/** Whose key it is, and for what. */
export interface IdempotentRequest {
  /** "apiKey:<id>" or "user:<id>": two callers may choose the same key. */
  readonly principal: string
  readonly key: string
  /** SHA-256 of what is asked, in hex. */
  readonly fingerprint: string
}

/** A key that the mutation of this request is about to take, in its own transaction: both stand or fall together. */
export class IdempotencyClaim {
  readonly #request: IdempotentRequest
  #committed = false
  #refusal: IdempotencyError | undefined

  constructor(request: IdempotentRequest) {
    this.#request = request
  }

  /** Whether the mutation happened, under this key. */
  get committed(): boolean {
    return this.#committed
  }

  /** Why the mutation was not carried out. */
  get refusal(): IdempotencyError | undefined {
    return this.#refusal
  }

  /**
   * Takes the key, before the mutation does anything. Whoever comes with the same while this transaction is open is told so
   * at once and does not wait.
   *
   * @throws IdempotencyError where another request has it
   */
  async take(tx: SqlContext): Promise<void> {
    const { principal, key, fingerprint } = this.#request
    const now = tx.clock.now()
    const forgotten = new Date(now.getTime() - rememberedForMs)
    const [lock] = await tx.db.query<{ taken: boolean }>(tryLock(JSON.stringify([tx.workspaceId, principal, key])))
    const taken = lock?.taken ? await tx.db.query(insertKey(principal, key, fingerprint, now, forgotten)) : []
    if (taken.length === 0) {
      this.#refusal = IdempotencyError.inUse(key)
      throw this.#refusal
    }
    tx.afterCommit(() => {
      this.#committed = true
    })
  }

  /** Notes what the mutation changed: all that is known of it where its answer gets lost. */
  async note(tx: SqlContext, changes: readonly AuditChange[]): Promise<void> {
    const changed = changes.map(({ resourceType, resourceId }) => ({ type: resourceType, id: resourceId }))
    if (changed.length === 0) return
    await tx.db.query(noteChanges(this.#request.principal, this.#request.key, JSON.stringify(changed.slice(0, 100))))
  }
}

const tryLock = prepared('idempotency_try_lock', 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "taken"')

const insertKey = prepared(
  'idempotency_insert_key',
  `insert into "IdempotencyKey" ("workspaceId", "principal", "key", "fingerprint", "at")
   values (current_workspace(), $1, $2, $3, $4)
   on conflict ("workspaceId", "principal", "key") do update
   set "fingerprint" = excluded."fingerprint", "at" = excluded."at", "changed" = '[]', "keyId" = null, "sealed" = null
   where "IdempotencyKey"."at" < $5
   returning "key"`,
)

const noteChanges = prepared(
  'idempotency_note_changes',
  `update "IdempotencyKey" set "changed" = $3::jsonb
   where "workspaceId" = current_workspace() and "principal" = $1 and "key" = $2`,
)
