import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { composeMime, messageIdOf } from './mime.ts'
import { smtpConnectOutcome, smtpOutcome } from './smtpErrors.ts'
import type { AccountRate, Letter, Outcome, Transport } from './transport.ts'

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'tls' | 'none'
  /** "" without signing in. */
  readonly user: string
  readonly password: string
  readonly perSecond: number
  readonly priceMicros: number
  /** Milliseconds without a word of the server. Default 20,000. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds that a letter may take in all, less than a worker has it in hand: a server may say a little now and then. Default 45,000. */
  readonly deadlineMs?: number | undefined
  /** Certificates that are trusted in place of the usual ones, as tests do. PEM. */
  readonly trusted?: string | undefined
}

/**
 * A server that takes mail over SMTP. Connections are kept for the letters of a run.
 *
 * It stands on nodemailer's connection and not on its pool: that one sends a letter again by itself when the connection ends before the
 * answer.
 */
export class SmtpTransport implements Transport {
  readonly name = 'smtp'
  readonly account: string
  readonly priceMicros: number
  readonly rateLastsSeconds = 0
  /** Each is a connection, of which Postfix takes 50 from a client. */
  readonly mostCalls = 20
  readonly #options: SmtpOptions
  readonly #idle: SMTPConnection[] = []

  constructor(options: SmtpOptions) {
    this.#options = options
    this.account = `smtp/${options.host}:${options.port}`
    this.priceMicros = options.priceMicros
  }

  /** SMTP does not say; the workspace does. */
  async rate(): Promise<AccountRate> {
    return { perSecond: this.#options.perSecond, perDay: null, sentLast24h: 0 }
  }

  async deliver(letter: Letter): Promise<Outcome> {
    const mime = await composeMime(letter)
    const ended = AbortSignal.timeout(this.#options.deadlineMs ?? 45_000)
    const kept = this.#idle.pop()
    if (kept) {
      const outcome = await this.#sendOver(kept, letter, mime, ended)
      // The server ended a connection that nobody used, before it heard of this letter: another one will do.
      if (outcome.kind !== 'notTaken' || !isOver(kept)) return outcome
    }
    try {
      return await this.#sendOver(await this.#connect(ended), letter, mime, ended)
    } catch (error) {
      return smtpConnectOutcome(error)
    }
  }

  close(): void {
    for (const connection of this.#idle.splice(0)) connection.quit()
  }

  async #sendOver(connection: SMTPConnection, letter: Letter, mime: Buffer, ended: AbortSignal): Promise<Outcome> {
    // The server is given the letter when it has said that it wants it (354); from then on it may have taken it.
    let began = false
    const message = new Readable({
      read() {
        began = true
        this.push(mime)
        this.push(null)
      },
    })
    const envelope = { from: letter.from.address, to: [letter.to.address] }
    try {
      const response = await settled<{ response?: string }>(connection, ended, (done) =>
        connection.send(envelope, message, done),
      )
      this.#idle.push(connection)
      return { kind: 'accepted', providerId: providerId(letter, response?.response) }
    } catch (error) {
      connection.close()
      return smtpOutcome(error, began)
    }
  }

  async #connect(ended: AbortSignal): Promise<SMTPConnection> {
    const { host, port, security, user, password, timeoutMs = 20_000, trusted } = this.#options
    const connection = new SMTPConnection({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      ...(trusted && { tls: { ca: trusted } }),
    })
    try {
      await settled(connection, ended, (done) => connection.connect(done))
      if (user)
        await settled(connection, ended, (done) => connection.login({ user, pass: password }, (error) => done(error)))
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }
}

/** The server's own name for it where it says one, else ours. */
function providerId(letter: Letter, response = ''): string {
  const queued = /queued as\s+<?([\w.@-]{4,100})/i.exec(response)?.[1]
  return queued ?? messageIdOf(letter)
}

function isOver(connection: SMTPConnection): boolean {
  return connection.destroyed
}

/** A step of a connection, which ends by its callback, by an error or the end of the connection, or when its time is over. */
function settled<Result = void>(
  connection: SMTPConnection,
  ended: AbortSignal,
  step: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const end = (act: () => void) => {
      connection.removeListener('error', failed)
      connection.removeListener('end', over)
      ended.removeEventListener('abort', late)
      // An error that comes later has nobody to tell, and must not end the process.
      if (connection.listenerCount('error') === 0) connection.on('error', () => {})
      act()
    }
    const failed = (error: Error) => end(() => reject(error))
    const over = () => failed(new Error('The connection ended before the answer.'))
    const late = () => failed(new Error('It took too long.'))
    if (ended.aborted) return late()
    connection.once('error', failed)
    connection.once('end', over)
    ended.addEventListener('abort', late, { once: true })
    step((error, result) => end(() => (error ? reject(error) : resolve(result))))
  })
}
