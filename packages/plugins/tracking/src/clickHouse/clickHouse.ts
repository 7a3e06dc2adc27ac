import { StartError, UnavailableError } from '@espalier/core'
import { type Sql, sqlText } from './sqlText.ts'

/** Where a ClickHouse is, and how it is spoken to. */
export interface ClickHouseAddress {
  /** `http://<user>:<password>@<host>:<port>/<database>`, https where it is not on the same machine or private network. */
  readonly url: string
  /** Milliseconds after which a request counts as unanswered. */
  readonly timeoutMs?: number
}

/**
 * ClickHouse over HTTP, of any version from 18.16 on: no session, no parameters of later versions, values as literals that
 * cannot end early ({@link sqlText}). Several nodes (`?nodes=host:port,host:port` in the address) stand in for each other: one
 * that refuses a connection is passed over. A request that was sent is never sent again, for nobody knows what became of it.
 */
export class ClickHouse {
  readonly database: string
  /** Of the cluster over whose nodes the log is spread, as their configuration names it; undefined: each node has all of it. */
  readonly cluster: string | undefined
  readonly #nodes: readonly string[]
  readonly #headers: Record<string, string>
  readonly #timeoutMs: number
  /** The node that answered last. */
  #at = 0

  /** @throws StartError for an address that is none */
  constructor({ url, timeoutMs = 10_000 }: ClickHouseAddress) {
    const { protocol, host, username, password, pathname, searchParams } = new URL(url)
    this.database = decodeURIComponent(pathname.slice(1)) || 'default'
    this.cluster = searchParams.get('cluster') ?? undefined
    const name = [this.database, this.cluster].find((name) => name !== undefined && !/^[A-Za-z_]\w{0,62}$/.test(name))
    if (name !== undefined)
      throw new StartError(
        'EVENT_STORE_INVALID',
        `ESPALIER_EVENT_STORE names "${name}": a database or cluster has letters, digits and underscores, such as http://127.0.0.1:8123/espalier.`,
      )
    const others = searchParams.get('nodes')?.split(',').filter(Boolean) ?? []
    this.#nodes = [...new Set([host, ...others])].map((node) => `${protocol}//${node}/`)
    // Basic authentication, which every version reads, and no log of requests holds.
    const user = `${decodeURIComponent(username) || 'default'}:${decodeURIComponent(password)}`
    this.#headers = { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
    this.#timeoutMs = timeoutMs
  }

  /**
   * Rows of a question, whole or not at all: the server answers when it has all of them, and an answer that breaks off is no
   * JSON. 64-bit integers come as text.
   *
   * @throws UnavailableError, ClickHouseError
   */
  async read<Row extends readonly unknown[]>(question: Sql): Promise<Row[]> {
    const answer = await this.#ask(whole, `${question.text} FORMAT JSONCompact`)
    try {
      const { data, rows } = JSON.parse(answer.toString())
      if (!Array.isArray(data) || data.length !== rows) throw new SyntaxError('not as many rows as it says')
      return data
    } catch (cause) {
      throw new UnavailableError(new Error(`ClickHouse broke off its answer: ${(cause as Error).message}`))
    }
  }

  /** The same as text: a line with the names of the columns, then a line a row, as {@link insertLines} takes them. */
  readLines(question: Sql): Promise<Buffer> {
    return this.#ask({ ...whole, max_query_size: '16777216' }, `${question.text} FORMAT TabSeparatedWithNames`)
  }

  /** Puts lines into a table. @param rows without the line of names */
  async insertLines(table: Sql, columns: Sql, rows: Uint8Array): Promise<void> {
    const query = sqlText`INSERT INTO ${table} (${columns}) FORMAT TabSeparated`.text
    await this.#ask({ query, insert_distributed_sync: '1' }, rows)
  }

  /** Resolves when the rows are in the table, on whichever node they belong. @param rows in the format RowBinary */
  async insert(table: Sql, columns: Sql, rows: Buffer): Promise<void> {
    const query = sqlText`INSERT INTO ${table} (${columns}) FORMAT RowBinary`.text
    // One block whatever the batch: all of it or nothing. insert_distributed_sync: on the shards before it is acknowledged.
    await this.#ask({ query, insert_distributed_sync: '1', max_insert_block_size: '1048576' }, rows)
  }

  /** Has every node do something, one after another. Does not stand in for a node that is away. */
  async everywhere(statement: Sql, { database = true } = {}): Promise<void> {
    for (const node of this.#nodes) await this.#post(node, {}, statement.text, database)
  }

  /** The answers of every node to a question about itself. */
  async readEverywhere<Row extends readonly unknown[]>(question: Sql): Promise<Row[]> {
    const rows: Row[] = []
    for (const node of this.#nodes)
      rows.push(
        ...JSON.parse(String(await this.#post(node, { readonly: '2' }, `${question.text} FORMAT JSONCompact`))).data,
      )
    return rows
  }

  async #ask(settings: Record<string, string>, body: string | Uint8Array): Promise<Buffer> {
    for (let tries = 1; ; tries++)
      try {
        return await this.#post(this.#nodes[this.#at] as string, settings, body)
      } catch (error) {
        if (!wasNotSent(error) || tries >= this.#nodes.length) throw error
        this.#at = (this.#at + 1) % this.#nodes.length
      }
  }

  async #post(
    node: string,
    settings: Record<string, string>,
    body: string | Uint8Array,
    database = true,
  ): Promise<Buffer> {
    const url = new URL(node)
    for (const [name, value] of Object.entries({ ...(database && { database: this.database }), ...settings }))
      url.searchParams.set(name, value)
    let response: Response
    let answer: Buffer
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: this.#headers,
        body: body as BodyInit,
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      answer = Buffer.from(await response.arrayBuffer())
    } catch (cause) {
      throw new UnavailableError(cause)
    }
    if (response.ok) return answer
    const error = new ClickHouseError(answer.toString().slice(0, 2_000))
    throw busy.has(error.code) ? new UnavailableError(error) : error
  }
}

/** readonly: nothing that a question says can write. wait_end_of_query: an answer is whole, or none. */
const whole = { readonly: '2', wait_end_of_query: '1' }

/** ClickHouse refused. */
export class ClickHouseError extends Error {
  override readonly name = 'ClickHouseError'
  /** ClickHouse's own number of the error; 0 where it says none. */
  readonly code: number

  constructor(answer: string) {
    super(`ClickHouse: ${answer.trim()}`)
    this.code = Number(/Code: (\d+)/.exec(answer)?.[1] ?? 0)
  }
}

/**
 * Errors that pass: too slow (159, 209), too many queries (202), a node that does not answer (210, 279), out of memory (241),
 * too many parts to merge (252), replicas away or behind (242, 285, 319), a table that has just been made on another node (999).
 */
const busy = new Set([159, 202, 209, 210, 241, 242, 252, 279, 285, 319, 999])

/** Whether nobody can have read what was asked: the connection never stood. */
function wasNotSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (
      ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(
        (cause as { code?: string }).code ?? '',
      )
    )
      return true
  return false
}
