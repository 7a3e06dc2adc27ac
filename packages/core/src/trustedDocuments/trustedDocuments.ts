import { setImmediate as othersFirst } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { v7 as uuidv7 } from 'uuid'
import type { SqlContext } from '../context.ts'
import type { SystemDb } from '../data/database.ts'
import { prepared, sql } from '../data/sql.ts'
import { InvalidInputError } from '../errors.ts'
import type { SchemaName } from '../schema/serve/observation.ts'
import { operationHash } from '../schema/serve/persistedOperations.ts'
import { plural } from '../told.ts'
import { checkDocument, type DocumentSchemas } from './checkDocument.ts'

export interface NewTrustedDocument {
  readonly text: string
  /** What the client says its SHA-256 is, in hex; checked where given. */
  readonly hash?: string | null | undefined
}

/** Most documents that one call registers, and most that a workspace has. */
export const mostAtOnce = 500
export const mostDocuments = 5_000

/** The documents that workspaces trust: registered ahead, named by their hash. */
export class TrustedDocuments {
  readonly #schemas: () => DocumentSchemas
  readonly #workspace: (workspaceId: string) => SqlContext
  readonly #recent: LRUCache<string, { text: string }>
  /** Of schema and hash: neither changes while a process runs. */
  readonly #verdicts = new LRUCache<string, readonly string[]>({ max: 50_000 })

  constructor(schemas: () => DocumentSchemas, workspace: (workspaceId: string) => SqlContext) {
    this.#schemas = schemas
    this.#workspace = workspace
    this.#recent = new LRUCache({
      max: 5_000,
      maxSize: 8_000_000,
      sizeCalculation: ({ text }, key) => text.length + key.length,
      // One that was removed in another process is refused within this time here.
      ttl: 5_000,
    })
  }

  /** The text of a document that the workspace has registered for this schema. */
  find(workspaceId: string, schema: SchemaName, hash: string): string | undefined | Promise<string | undefined> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return undefined
    const key = `${workspaceId} ${schema} ${hash}`
    const known = this.#recent.get(key)
    if (known) return known.text
    return this.#workspace(workspaceId)
      .db.query<{ text: string }>(selectDocument(schema, hash))
      .then(([row]) => {
        if (row) this.#recent.set(key, row)
        return row?.text
      })
  }

  /**
   * Registers documents, all or none. What is registered already stays as it is.
   *
   * @returns ids of all of them, in the order given, and those that are new
   * @throws InvalidInputError naming each document that is none, that the schema does not take, or whose hash is another
   */
  async register(
    tx: SqlContext,
    schema: SchemaName,
    documents: readonly NewTrustedDocument[],
  ): Promise<{ ids: string[]; added: readonly AddedDocument[] }> {
    const checked = checkAll(this.#schemas(), schema, documents)
    const unique = [...new Map(checked.map((one) => [one.hash, one])).values()]
    const column = (read: (one: CheckedDocument) => string) => unique.map(read)
    // One writer of a workspace at a time, so that the count below is of all.
    await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`trusted documents ${tx.workspaceId}`}, 0))`)
    const added = await tx.db.query<AddedDocument>(sql`
      insert into "TrustedDocument" ("id", "schema", "hash", "text", "name", "createdAt")
      select *, ${tx.clock.now()}::timestamptz from unnest(${unique.map(() => uuidv7())}::uuid[],
        ${column(() => schema)}::text[], ${column(({ hash }) => hash)}::text[], ${column(({ text }) => text)}::text[],
        ${column(({ name }) => name)}::text[])
      on conflict ("workspaceId", "schema", "hash") do nothing returning "id", "hash", "name"`)
    const rows = await tx.db.query<{ id: string; hash: string }>(sql`
      select "id", "hash" from "TrustedDocument" where "schema" = ${schema} and "hash" = any (${column(({ hash }) => hash)})`)
    const [total] = await tx.db.query<{ count: number }>(sql`select count(*)::int as "count" from "TrustedDocument"`)
    if ((total?.count ?? 0) > mostDocuments)
      throw InvalidInputError.of('input.documents', 'TOO_MANY', {
        en: `A workspace has at most ${mostDocuments} trusted documents. Remove those that no client sends any more.`,
        fr: `Un espace a au plus ${mostDocuments} documents de confiance. Retirez ceux qu’aucun client n’envoie plus.`,
      })
    const byHash = new Map(rows.map(({ id, hash }) => [hash, id]))
    return { ids: checked.map(({ hash }) => byHash.get(hash) as string), added }
  }

  /** Forgets one here at once; other processes within seconds. */
  forget(workspaceId: string, schema: string, hash: string): void {
    this.#recent.delete(`${workspaceId} ${schema} ${hash}`)
  }

  /** Why the schema of today would refuse a document; empty where it takes it. */
  problemsOf(schema: SchemaName, text: string): readonly string[] {
    return this.#judged(schema, operationHash(text)) ?? this.#judge(schema, operationHash(text), text)
  }

  /**
   * Every registered document that the schema of today refuses, of all workspaces. Through the second door: an upgrade concerns
   * all. Each is validated once in a process, and requests are answered in between.
   */
  async broken(system: Pick<SystemDb, 'query'>): Promise<BrokenDocument[]> {
    const broken: BrokenDocument[] = []
    let after = '00000000-0000-0000-0000-000000000000'
    for (;;) {
      const rows = await system.query<RegisteredRow>(sql`
        select d."id", d."schema", d."hash", d."name", w."slug" as "workspace"
        from "TrustedDocument" d join "Workspace" w on w."id" = d."workspaceId"
        where d."id" > ${after}::uuid order by d."id" limit 500`)
      const unknown = rows.filter(({ schema, hash }) => this.#judged(schema, hash) === undefined).map(({ id }) => id)
      const texts = new Map<string, string>()
      if (unknown.length > 0)
        for (const { id, text } of await system.query<{ id: string; text: string }>(
          sql`select "id", "text" from "TrustedDocument" where "id" = any (${unknown}::uuid[])`,
        ))
          texts.set(id, text)
      for (const row of rows) {
        const text = texts.get(row.id)
        if (text !== undefined) await othersFirst()
        const problems =
          this.#judged(row.schema, row.hash) ??
          // One that was removed meanwhile is refused by nobody.
          (text === undefined ? [] : this.#judge(row.schema, row.hash, text))
        if (problems.length > 0) broken.push({ ...row, problems })
      }
      const last = rows.at(-1)
      if (!last) return broken
      after = last.id
    }
  }

  #judged(schema: SchemaName, hash: string): readonly string[] | undefined {
    return this.#verdicts.get(`${schema} ${hash}`)
  }

  #judge(schema: SchemaName, hash: string, text: string): readonly string[] {
    const { problems } = checkDocument(this.#schemas(), schema, text)
    this.#verdicts.set(`${schema} ${hash}`, problems)
    return problems
  }
}

interface RegisteredRow {
  readonly id: string
  readonly workspace: string
  readonly schema: SchemaName
  readonly hash: string
  readonly name: string
}

export interface BrokenDocument extends RegisteredRow {
  readonly problems: readonly string[]
}

export interface AddedDocument {
  readonly id: string
  readonly hash: string
  readonly name: string
}

interface CheckedDocument {
  readonly hash: string
  readonly text: string
  readonly name: string
}

function checkAll(
  schemas: DocumentSchemas,
  schema: SchemaName,
  documents: readonly NewTrustedDocument[],
): CheckedDocument[] {
  if (documents.length === 0 || documents.length > mostAtOnce)
    throw InvalidInputError.of('input.documents', 'LENGTH', {
      en: `${documents.length} documents: register 1 to ${mostAtOnce} at once.`,
      fr: `${documents.length} ${plural.fr(documents.length, 'document', 'documents')} : enregistrez-en de 1 à ${mostAtOnce} à la fois.`,
    })
  const issues: InvalidInputError['issues'][number][] = []
  const checked = documents.map(({ text, hash: given }, place) => {
    const hash = operationHash(text)
    const { problems, name } = checkDocument(schemas, schema, text)
    if (given && given.replace(/^sha256:/, '') !== hash)
      issues.push({
        path: `input.documents.${place}.hash`,
        code: 'HASH',
        message: {
          en: `${given} is not the SHA-256 of the text, which is ${hash}. Compute it over the exact text, in hex.`,
          fr: `${given} n’est pas le SHA-256 du texte, qui est ${hash}. Calculez-le sur le texte exact, en hexadécimal.`,
        },
      })
    for (const problem of problems)
      issues.push({
        path: `input.documents.${place}.text`,
        code: 'REFUSED',
        message: {
          en: `The schema refuses ${name || hash}: ${problem}`,
          fr: `Le schéma refuse ${name || hash} : ${problem}`,
        },
      })
    return { hash, text, name }
  })
  if (issues.length > 0) throw new InvalidInputError(issues)
  return checked
}

const selectDocument = prepared(
  'trusted_document',
  `select "text" from "TrustedDocument" where "schema" = $1 and "hash" = $2`,
)
