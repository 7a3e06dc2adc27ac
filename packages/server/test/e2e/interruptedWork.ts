import { join } from 'node:path'
import ai from '@espalier/ai'
import { type StubFault, type StubModelServer, stubModelServer } from '@espalier/ai/testing'
import { sql } from '@espalier/core'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import mail from '@espalier/mail'
import { StubSes } from '@espalier/mail/testing'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { type Booted, boot } from '../../src/boot.ts'
import { readSettings } from '../../src/settings.ts'
import { billed, pearsUnder, rewritten } from './improvingPage.ts'
import { type OwnPostgres, startOwnPostgres } from './ownDatabase.ts'
import { type CliRun, newDataFolder, removeDataFolder, runCli } from './product.ts'

/** A workspace whose work is interrupted, with the model service that it pays. */
export interface Orchard {
  readonly id: string
  readonly stub: StubModelServer
  /** What the service has billed so far, by the request's key. Millionths of a dollar. */
  readonly bill: { readonly key: string; readonly micros: number }[]
}

const slowly = (): StubFault => ({ kind: 'hold' })

/** How long the model thinks, and how long its answer is held back; how long SES takes after its yes. Milliseconds. */
const thinksMs = 60
const heldBackMs = 120
const sesMs = { least: 60, most: 180 }

/**
 * An installation whose workers are killed: a PostgreSQL of its own, two workspaces that generate versions of pages (one whose model
 * service keeps its answers, one whose does not), mail over SES from the first, and into the outbox from the second.
 */
export class InterruptedWork {
  stored!: Orchard
  unstored!: Orchard
  readonly ses = new StubSes()
  #postgres!: OwnPostgres
  #folder!: string
  #env!: Record<string, string>
  #booted!: Booted
  #owner!: pg.Client
  #releasing: NodeJS.Timeout | undefined
  #worker: CliRun | undefined
  #written = 0

  /**
   * @param faults of the model services, one a request. Default: every answer is held back for a moment
   * @param timeoutSeconds after which an answer is not waited for any more
   */
  async open(
    random: { next(): number },
    { faults = slowly, timeoutSeconds = 20 }: { faults?: () => StubFault; timeoutSeconds?: number } = {},
  ): Promise<void> {
    ;[this.#postgres, this.#folder] = await Promise.all([startOwnPostgres(), newDataFolder()])
    const endpoint = await this.ses.listen()
    this.ses.onAccepted = () =>
      new Promise((resolve) => setTimeout(resolve, sesMs.least + random.next() * (sesMs.most - sesMs.least)))
    this.#env = {
      DATABASE_URL: await this.#postgres.database('orchard'),
      ESPALIER_SECRET: 'one secret for all processes of the installation',
      ESPALIER_DATA: this.#folder,
      PUBLIC_URL: 'http://127.0.0.1:4000',
      LOG_LEVEL: 'silent',
    }
    this.#booted = await boot(readSettings(this.#env, '/'), 'http://127.0.0.1:4000', () => {})
    this.#env = {
      ...this.#env,
      // Where every worker finds SES: the SDK's own setting.
      AWS_ENDPOINT_URL_SESV2: endpoint,
      NODE_COMPILE_CACHE: join(this.#folder, 'compile-cache'),
    }
    const { kernel } = this.#booted
    const title = { en: 'Pears', fr: 'Poires' }
    const text = { description: title, subject: title, sample: { en: { name: 'Ada' }, fr: { name: 'Ada' } } }
    const body = '<mj-section><mj-column><mj-text>Pears, {{ name }}</mj-text></mj-column></mj-section>'
    for (const kind of ['marketing', 'transactional'] as const)
      kernel.service(mail).defineTemplate({
        ...text,
        name: `orchard.${kind}`,
        class: kind,
        ...(kind === 'marketing' && { topic: 'pears' }),
        body: { en: body, fr: body },
      })
    await kernel.start({ work: false })
    this.#owner = new pg.Client(this.#postgres.superuserUrl.replace(/[^/]+$/, 'orchard'))
    await this.#owner.connect()
    this.stored = await this.#orchard('stored', { storesCompletions: true, timeoutSeconds }, faults)
    this.unstored = await this.#orchard('unstored', { storesCompletions: false, timeoutSeconds }, faults)
    await this.#set(this.stored, 'mail', { transport: 'ses', fromAddress: 'hello@example.com' })
    const { account } = kernel.service(mail)
    await account.setSecret(this.#context(this.stored), 'ses-access-key-id', 'AKIATEST')
    await account.setSecret(this.#context(this.stored), 'ses-secret-access-key', 'a secret of the tests')
    this.#releasing = setInterval(() => {
      this.stored.stub.release()
      this.unstored.stub.release()
    }, heldBackMs)
  }

  async close(): Promise<void> {
    clearInterval(this.#releasing)
    if (this.#worker) await this.kill()
    await this.#owner?.end()
    await this.#booted?.stop()
    await Promise.all([this.stored?.stub.close(), this.unstored?.stub.close(), this.ses.close()])
    await this.#postgres?.stop()
    if (this.#folder) await removeDataFolder(this.#folder)
  }

  /** Starts a worker whose clock is ahead; resolves when it works. */
  async startWorker(aheadMs: number): Promise<void> {
    this.#worker = runCli(['worker'], {
      ...this.#env,
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'clockAhead.ts')}`,
      CLOCK_AHEAD_MS: String(aheadMs),
    })
    await this.#worker.says(/The worker is ready/)
  }

  /** As Ctrl-C does. */
  async stopWorker(): Promise<void> {
    const worker = this.#worker as CliRun
    worker.interrupt()
    await worker.ended
    this.#worker = undefined
  }

  /** As `kill -9` does, or a power cut. */
  async kill(): Promise<void> {
    const worker = this.#worker as CliRun
    process.kill(-(worker.process.pid as number), 'SIGKILL')
    await worker.ended
    this.#worker = undefined
  }

  /** What a worker does of itself later: takes up the jobs of one that has gone silent, and those whose minute has come. */
  async timePasses(): Promise<void> {
    await this.#owner.query(`
      update pgboss.job set state = 'retry', retry_limit = retry_limit + 1, start_after = now(), heartbeat_on = null where state = 'active'`)
    const { kernel } = this.#booted
    for (const name of ['mail.sweep', 'landing-pages.resume-loops']) {
      const job = kernel.jobs.jobs.find((registered) => registered.job.name === name)?.job
      if (!job) throw new Error(`There is no job "${name}".`)
      await kernel.jobs.enqueue(null, kernel.database.system, job, {})
    }
  }

  /** Has a page that takes a new version, in a workspace where nothing is under way. @returns its id, undefined while something is */
  async preparePage(orchard: Orchard): Promise<string | undefined> {
    const open = await this.query(
      `select 1 from "PageLoopRun" where "workspaceId" = $1 and "status" in ('waiting', 'running')`,
      [orchard.id],
    )
    if (open.length > 0) return undefined
    const { kernel } = this.#booted
    const context = this.#context(orchard)
    const pages = kernel.service(landingPages)
    const { id } = await pages.create(context, {
      slug: `pears-${uuidv7()}`,
      title: 'Pears',
      language: 'en',
      variants: [
        { key: 'control', content: pearsUnder('Pears from the garden') as never },
        { key: 'bold', content: pearsUnder('Fresh pears tonight', 'Get my pears') as never },
      ],
    })
    await pages.publish(context, id)
    const limits = { variantsPerRun: 2, minDetectableLift: 2, horizonDays: 180, forbiddenWords: ['cheap'] }
    const { experimentId } = await pages.loops.setImprovement(context, id, { mode: 'automatic', limits })
    await this.#visitors(orchard, experimentId as string)
    return id
  }

  /** Asks for new versions of a page. */
  async improve(orchard: Orchard, pageId: string): Promise<void> {
    await this.#booted.kernel.service(landingPages).loops.improveNow(this.#context(orchard), pageId, 'generation')
  }

  /** Writes mail down until so much waits: over SES half of each class, into the outbox some more. */
  async fillMail(waiting: number): Promise<void> {
    const [found] = await this.query<{ planned: number }>(
      `select count(*)::int as "planned" from "MailMessage" where "workspaceId" = $1 and "dispatch" = 'planned'`,
      [this.stored.id],
    )
    await this.#write(this.stored, waiting - (found?.planned ?? 0))
    await this.#write(this.unstored, 40)
  }

  /** Looks at the rows themselves, across workspaces. */
  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#owner.query(text, values)).rows
  }

  async #write(orchard: Orchard, count: number): Promise<void> {
    if (count <= 0) return
    const service = this.#booted.kernel.service(mail)
    await this.#context(orchard).sqlTransaction(async (tx) => {
      for (let n = 0; n < count; n++) {
        this.#written += 1
        await service.send(tx, {
          to: { address: `ada${this.#written}@example.com` },
          template: `orchard.${this.#written % 2 === 0 ? 'marketing' : 'transactional'}`,
          language: 'en',
          data: { name: 'Ada' },
          idempotencyKey: `pears/${this.#written}`,
        })
      }
    })
  }

  async #orchard(slug: string, settings: object, faults: () => StubFault): Promise<Orchard> {
    const { kernel } = this.#booted
    const { id: ownerId } = await kernel.access.createUser({
      email: `${slug}@example.com`,
      name: 'Ada',
      password: 'a password of the tests',
      emailVerified: true,
    })
    const { id } = await kernel.access.createWorkspace({ name: slug, slug, ownerId })
    const bill: { key: string; micros: number }[] = []
    const stub = await stubModelServer({
      answer: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, thinksMs))
        const name = nameOf(bill.length)
        // Every fourth breaks a rule, and is refused.
        const answer = rewritten(request, bill.length % 4 === 3 ? `Cheap pears, ${name}` : `Pears with ${name}`)
        const { callId, idempotencyKey } = request
        // A repair is another request of the same call, under a key of its own.
        bill.push({ key: idempotencyKey ?? callId ?? '', micros: billed(request, answer) })
        return { json: answer }
      },
    })
    stub.fail(...Array.from({ length: 5_000 }, faults))
    const orchard = { id, stub, bill }
    await this.#set(orchard, 'ai', settings)
    await this.#context(orchard).transaction((tx) =>
      kernel.service(ai).setConnection(tx, { baseUrl: stub.baseUrl, apiKey: 'sk-of-the-test' }),
    )
    return orchard
  }

  /** Sixty, of whom every third orders: enough for a page that looks for large lifts. */
  async #visitors(orchard: Orchard, experimentId: string): Promise<void> {
    const context = this.#context(orchard)
    const service = this.#booted.kernel.service(experiments)
    const exposures: { experimentId: string; variantId: string; subject: string }[] = []
    const orders: { id: string; subject: string; name: string; goal: string }[] = []
    for (let index = 0; index < 60; index++) {
      const subject = uuidv7()
      const decision = await service.decide(context, experimentId, { id: subject })
      for (const [id, variantId] of Object.entries(decision?.exposures ?? {}))
        exposures.push({ experimentId: id, variantId, subject })
      if (index % 3 === 0) orders.push({ id: uuidv7(), subject, name: 'conversion', goal: 'order' })
    }
    await service.expose(context, exposures)
    await service.measure(context, orders)
  }

  async #set(orchard: Orchard, plugin: string, value: object): Promise<void> {
    await this.#context(orchard).db.query(sql`
      insert into "PluginSetting" ("plugin", "value", "updatedAt") values (${plugin}, ${JSON.stringify(value)}::jsonb, now())`)
  }

  #context({ id }: Pick<Orchard, 'id'>) {
    return this.#booted.kernel.contexts.workspace(id, { type: 'system', name: 'test' })
  }
}

/** Another word for each number, in letters: figures that a page does not have are refused. */
function nameOf(number: number): string {
  const syllables = ['ba', 'co', 'di', 'fe', 'gu', 'la', 'mo', 'ni', 'pe', 'ru']
  return [...String(number)].map((digit) => syllables[Number(digit)]).join('')
}
