import { v7 as uuidv7 } from 'uuid'
import type { SqlContext } from '../context.ts'
import type { SqlDb } from '../data/database.ts'
import { prepared, type Statement } from '../data/sql.ts'
import { announceChanges } from '../live/changes.ts'
import type { AuditChange } from './audit.ts'

/** Of a principal, what the trail keeps. */
export type Actor = { type: 'user' | 'apiKey'; id: string; name: string } | { type: 'system'; name: string }

/** One line of the audit trail, before it is written. */
export interface AuditRecord {
  /** The mutation, job or handler, such as `publishPage`. */
  readonly action: string
  readonly principal: Actor
  readonly at: Date
  /** What changed; absent when the action names no resource. */
  readonly change?: AuditChange
  readonly ipAddress?: string | undefined
  readonly userAgent?: string | undefined
  readonly traceId?: string | undefined
}

/**
 * Writes a line of the audit trail with the change that it tells of: in the same transaction, so that neither
 * is there without the other. Nobody can edit or delete a line: the database refuses it.
 */
export async function recordAudit(db: SqlDb, record: AuditRecord): Promise<void> {
  await db.query(auditEntry(db.workspaceId, record))
}

/** The statement that writes a line, for who has more to send with it. */
export function auditEntry(workspaceId: string, record: AuditRecord): Statement {
  const { principal, change } = record
  return insertAuditEntry(
    workspaceId,
    uuidv7(),
    record.at,
    principal.type,
    principal.type === 'system' ? null : principal.id,
    principal.name,
    record.action,
    change?.resourceType ?? null,
    change?.resourceId ?? null,
    record.ipAddress ?? null,
    // A header of any length must not fill the trail.
    record.userAgent?.slice(0, 500) ?? null,
    json(change?.before),
    json(change?.after),
    record.traceId ?? null,
  )
}

/** Records what jobs and event handlers changed: on whose behalf is all there is to say of them. */
export async function recordChanges(context: SqlContext, changes: readonly AuditChange[]): Promise<void> {
  const { principal } = context
  announceChanges(context, changes)
  const action = principal.type === 'system' ? principal.name : 'transaction'
  for (const change of changes) {
    await recordAudit(context.db, { action, principal, at: context.clock.now(), change })
  }
}

/**
 * The value without what must stay secret: fields that are named like a secret, at any depth, say only that
 * something was there. Dates become ISO strings, big integers strings.
 */
export function redacted(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (Array.isArray(value)) return value.map((item) => redacted(item) ?? null)
  if (typeof value !== 'object') return undefined
  if ('toJSON' in value && typeof value.toJSON === 'function') return redacted(value.toJSON())
  if (value instanceof Map || value instanceof Set) return redacted([...value])
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isSecret(name, field) ? '[redacted]' : redacted(field)]),
  )
}

function isSecret(name: string, value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean' && secretName.test(name)
}

/** `apiKey`, `access_token`, `clientSecret`, `passwordHash`, … but not `tokenCount` or `keyId`. */
const secretName =
  /(?:password|passphrase|passwd|secret|credentials?|private_?key|api_?key|signing_?key|authorization|cookie|(?:^|_)token|token$)(?:_?(?:hash|value|digest))?$/i

function json(value: unknown): string | null {
  return value === undefined ? null : (JSON.stringify(redacted(value)) ?? null)
}

const insertAuditEntry = prepared(
  'access_insert_audit_entry',
  `insert into "AuditEntry" ("workspaceId", "id", "at", "actorType", "actorId", "actorName", "action", "resourceType",
     "resourceId", "ipAddress", "userAgent", "before", "after", "traceId")
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14)`,
)
