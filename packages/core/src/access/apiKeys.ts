import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../clock.ts'
import type { SqlDb, SystemDb } from '../data/database.ts'
import { prepared, sql } from '../data/sql.ts'
import { InvalidInputError, NotFoundError } from '../errors.ts'
import type { HeaderReader } from '../http/requestState.ts'
import type { Permissions } from './permissions.ts'

/** What every key begins with, so that people and secret scanners recognize one. */
export const apiKeyPrefix = 'esp_'

/** A key as it is kept, with the workspace that it opens. */
export interface KnownApiKey {
  id: string
  name: string | null
  /** SHA-256 of the key in base64url, as the api-key plugin of better-auth keeps it. */
  key: string
  enabled: boolean
  expiresAt: Date | null
  lastRequest: Date | null
  /** The scopes as stored. */
  permissions: string | null
  documentsOnly: boolean
  workspaceId: string
  workspaceName: string
  workspaceSlug: string
}

export interface NewApiKey {
  name: string
  scopes: readonly string[]
  /** When it stops working; never, where absent. */
  expiresAt?: Date
  /** Whether it runs trusted documents only. Default false. */
  documentsOnly?: boolean
}

export interface IssuedApiKey {
  id: string
  /** The key itself. This is the only time that anyone sees it. */
  key: string
  start: string
}

/**
 * Makes an API key of the workspace that `db` is in.
 * @throws InvalidInputError for a scope that nothing declares, an empty name or list, or a date that has passed
 */
export async function issueApiKey(
  db: SqlDb,
  permissions: Permissions,
  clock: Clock,
  input: NewApiKey,
): Promise<IssuedApiKey> {
  const name = input.name.trim()
  if (name.length === 0 || name.length > 100) {
    throw InvalidInputError.of('input.name', 'LENGTH', {
      en: 'A key has a name of 1 to 100 characters.',
      fr: 'Le nom d’une clé compte de 1 à 100 caractères.',
    })
  }
  const scopes = new Set(input.scopes)
  if (scopes.size === 0)
    throw InvalidInputError.of('input.scopes', 'EMPTY', {
      en: 'A key without scopes opens nothing. Give it one.',
      fr: 'Une clé sans portée n’ouvre rien. Donnez-lui-en une.',
    })
  const column = permissions.scopesToColumn(scopes)
  if (input.expiresAt && input.expiresAt <= clock.now()) {
    throw InvalidInputError.of('input.expiresAt', 'PAST', {
      en: `${input.expiresAt.toISOString()} has passed. Choose a later time.`,
      fr: `${input.expiresAt.toISOString()} est passé. Choisissez un moment ultérieur.`,
    })
  }
  // 256 bits: what cannot be guessed needs no slow hash.
  const key = `${apiKeyPrefix}${randomBytes(32).toString('base64url')}`
  const id = uuidv7()
  const start = key.slice(0, apiKeyPrefix.length + 6)
  await db.query(sql`
    insert into "ApiKey" ("workspaceId", "id", "name", "start", "prefix", "key", "permissions", "documentsOnly", "expiresAt", "createdAt", "updatedAt")
    values (${db.workspaceId}, ${id}, ${name}, ${start}, ${apiKeyPrefix}, ${hashApiKey(key)}, ${column},
            ${input.documentsOnly ?? false}, ${input.expiresAt ?? null}, ${clock.now()}, ${clock.now()})`)
  return { id, key, start }
}

/** Ends a key for good. Requests stop at once here, within 2 s in other processes. */
export async function revokeApiKey(
  db: SqlDb,
  clock: Clock,
  id: string,
): Promise<{ id: string; name: string | null; key: string }> {
  const [revoked] = await db.query<{ id: string; name: string | null; key: string }>(sql`
    update "ApiKey" set "enabled" = false, "updatedAt" = ${clock.now()}
    where "workspaceId" = ${db.workspaceId} and "id" = ${id} and "enabled" returning "id", "name", "key"`)
  if (!revoked) throw new NotFoundError('API key', id)
  return revoked
}

/** Sets whether a key runs trusted documents only. @returns its hash, and what was set before */
export async function limitApiKey(
  db: SqlDb,
  clock: Clock,
  id: string,
  documentsOnly: boolean,
): Promise<{ key: string; before: boolean }> {
  const [limited] = await db.query<{ key: string; before: boolean }>(sql`
    update "ApiKey" k set "documentsOnly" = ${documentsOnly}, "updatedAt" = ${clock.now()}
    from (select "id", "documentsOnly" from "ApiKey" where "workspaceId" = ${db.workspaceId} and "id" = ${id} for update) was
    where k."workspaceId" = ${db.workspaceId} and k."id" = was."id" returning k."key", was."documentsOnly" as "before"`)
  if (!limited) throw new NotFoundError('API key', id)
  return limited
}

/**
 * The key that a request carries. What does not begin like one of ours is for somebody else: a webhook's
 * own bearer token, a proxy.
 */
export function presentedApiKey(headers: HeaderReader): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  return [bearer, headers.get('x-api-key')?.trim()].find((key) => key?.startsWith(apiKeyPrefix))
}

export function hashApiKey(key: string): string {
  return hash('sha256', key, 'base64url')
}

/** Looks keys up by their hash, one indexed query each, remembered for two seconds. */
export class ApiKeyLookup {
  readonly #system: SystemDb
  readonly #clock: Clock
  readonly #log: Logger
  readonly #recent = new LRUCache<string, { at: number; key: Promise<KnownApiKey | undefined> }>({ max: 10_000 })
  readonly #touched = new LRUCache<string, number>({ max: 10_000 })
  readonly #touching = new Set<Promise<unknown>>()

  constructor(system: SystemDb, clock: Clock, log: Logger) {
    this.#system = system
    this.#clock = clock
    this.#log = log
  }

  /** The key, when it is known, enabled and unexpired. Which of these failed is nobody's business. */
  async verify(presented: string): Promise<KnownApiKey | undefined> {
    const hash = hashApiKey(presented)
    const known = await this.#find(hash)
    const now = this.#clock.now()
    // The index compares hashes, which an attacker cannot steer; comparing once more in constant time costs
    // nothing and keeps the promise whatever the database's collation makes of equality.
    if (!known || !sameHash(known.key, hash)) return undefined
    if (!known.enabled || (known.expiresAt && known.expiresAt <= now)) return undefined
    this.#touch(known, now)
    return known
  }

  /** Forgets a key that was just revoked or changed. */
  forget(hash: string): void {
    this.#recent.delete(hash)
  }

  /** Waits for what is still being written. */
  async close(): Promise<void> {
    await Promise.all(this.#touching)
  }

  #find(hash: string): Promise<KnownApiKey | undefined> {
    const now = this.#clock.now().getTime()
    const recent = this.#recent.get(hash)
    if (recent && now - recent.at < rememberedMs) return recent.key
    // The system door: the key is what tells which workspace there is to enter.
    const key = this.#system.query<KnownApiKey>(selectApiKey(hash)).then(([row]) => row)
    this.#recent.set(hash, { at: now, key })
    // What was not found is not remembered: guesses must not push real keys out, nor a failure last.
    const forget = () => {
      if (this.#recent.peek(hash)?.key === key) this.#recent.delete(hash)
    }
    key.then((row) => row ?? forget(), forget)
    return key
  }

  /** Notes when a key was last used: at most once a minute, and nobody waits for it. */
  #touch(known: KnownApiKey, now: Date): void {
    const last = Math.max(known.lastRequest?.getTime() ?? 0, this.#touched.get(known.id) ?? 0)
    if (now.getTime() - last < touchEveryMs) return
    this.#touched.set(known.id, now.getTime())
    const touching = this.#system
      .query(touchApiKey(known.workspaceId, known.id, now))
      .catch((error) =>
        this.#log.warn({ err: error, apiKeyId: known.id }, 'could not note when an API key was last used'),
      )
      .finally(() => this.#touching.delete(touching))
    this.#touching.add(touching)
  }
}

/** Revocation holds within 5 s everywhere: two here, the rest is for open subscriptions to notice. */
const rememberedMs = 2_000
const touchEveryMs = 60_000

function sameHash(stored: string, computed: string): boolean {
  const a = Buffer.from(stored)
  const b = Buffer.from(computed)
  return a.length === b.length && timingSafeEqual(a, b)
}

const selectApiKey = prepared(
  'access_api_key',
  `select k."id", k."name", k."key", k."enabled", k."expiresAt", k."lastRequest", k."permissions", k."documentsOnly", k."workspaceId",
     w."name" as "workspaceName", w."slug" as "workspaceSlug"
   from "ApiKey" k join "Workspace" w on w."id" = k."workspaceId" where k."key" = $1`,
)

const touchApiKey = prepared(
  'access_touch_api_key',
  `update "ApiKey" set "lastRequest" = $3
   where "workspaceId" = $1 and "id" = $2 and ("lastRequest" is null or "lastRequest" < $3)`,
)
