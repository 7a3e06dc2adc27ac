/**
 * npm run bench -- mail
 *
 * How many messages a second go from `send` to "accepted"? Ours is the whole pipeline: input checked, template filled in, markup
 * checked, links signed, text made of the HTML, written down under an idempotency key in a transaction, found by a job, held against
 * the rate and the suppressions, leased, noted as attempted, handed to a transport that takes everything, outcome written down. Beside
 * it the least that a ledger takes, batched by hand: rows of the same content that are made already, one INSERT and one UPDATE for
 * each five hundred, by the owner, whom no policy binds. Both write the same table, and wait for the disk at each commit.
 */
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { definePlugin } from '@espalier/core'
import { type MailService, type MailTemplateDefinition, mailPlugin, type OutgoingMail } from '@espalier/mail'
import { v7 as uuidv7 } from 'uuid'
import type { Transport } from '../packages/plugins/mail/src/transports/transport.ts'
import { type Contestant, compare } from './compare.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

const perBatch = 500

let written = 0

/** A letter as shops send them: a headline, three things with a button each, a footer. */
const news: MailTemplateDefinition = {
  name: 'campaigns.news',
  description: { en: 'What is new in the orchard.', fr: 'Les nouvelles du verger.' },
  class: 'marketing',
  topic: 'news',
  subject: { en: '{{ name }}: {{ offer }}', fr: '{{ name }} : {{ offer }}' },
  body: { en: body('Dear'), fr: body('Bonjour') },
  sample: {
    en: { name: 'Ada', offer: 'A pear tree', until: '30 November' },
    fr: { name: 'Ada', offer: 'Un poirier', until: '30 novembre' },
  },
}

function body(greeting: string): string {
  const thing = (name: string) => `<mj-section><mj-column>
    <mj-text><h2>${name}</h2>{{ offer }}, until {{ until }}. Trained flat, it bears where no other tree would stand.</mj-text>
    <mj-button href="https://example.com/${name.toLowerCase()}?offer={{ offer | url_encode }}">Look</mj-button>
  </mj-column></mj-section>`
  return `<mj-section><mj-column><mj-text>${greeting} <b>{{ name }}</b>, here is what is new.</mj-text></mj-column></mj-section>${['Pears', 'Apples', 'Quinces'].map(thing).join('')}`
}

await run()

async function run(): Promise<void> {
  const mail = mailPlugin({ transport: takesEverything() })
  let service: MailService | undefined
  const campaigns = definePlugin({
    name: 'campaigns',
    requires: [mail],
    setup: ({ use }) => {
      service = use(mail) as MailService
      service.defineTemplate(news)
    },
  })
  await using bench = await openWorkbench([mail, campaigns])
  const { kernel, owner } = bench
  await kernel.start({ work: true })
  const pipeline = await pipelineOf(bench, service as MailService)
  const byHand = await batchedByHand(bench, await pipeline.sent())
  const equality = await compareRows(owner)
  await compare({
    key: 'mail',
    title: 'Mail',
    unit: 'messages',
    sliceMs: 2_000,
    contestants: [...pipeline.contestants, byHand].map((one) => ({ ...one, cpu: bench.cpu })),
    aims: [{ of: pipeline.contestants[0].name, beside: byHand.name, figure: 'rate', atLeast: 0.5 }],
    notes: [
      `Three callers of \`sendAll\`, or 20 of \`send\`; one worker in the same process; every slice ends when all that it wrote is accepted. ${equality}`,
      'CPU is that of Node and PostgreSQL together.',
    ],
  })
}

/** `sendAll` by so many callers, and the job that the house starts by itself. */
async function pipelineOf(bench: Workbench, service: MailService) {
  const { id: workspaceId, context } = await bench.addWorkspace()
  await bench.owner.query(
    `insert into "PluginSetting" ("workspaceId", "plugin", "value", "updatedAt") values ($1, 'mail', $2, now())`,
    [workspaceId, { transport: 'smtp', fromAddress: 'news@example.com', fromName: 'The orchard' }],
  )
  const send = async (count: number) => (await service.sendAll(context, Array.from({ length: count }, message))).length
  const accepted = async (count: number) => {
    for (;;) {
      const { rows } = await bench.owner.query(
        `select count(*)::int as "left" from "MailMessage"
          where "workspaceId" = $1 and "dispatch" in ('planned', 'claimed', 'attempted')`,
        [workspaceId],
      )
      if (rows[0].left === 0) return count
      await setTimeout(5)
    }
  }
  const contestant = (name: string, callers: number, each: number) => ({
    name,
    slice: async (milliseconds: number) => ({
      done: await accepted(await repeatedly(callers, milliseconds, () => send(each))),
    }),
  })
  return {
    contestants: [
      contestant('the pipeline, `sendAll` of 200', 3, 200),
      contestant('the pipeline, `send` of one', 20, 1),
    ] as const,
    /** One that has left. */
    sent: async () => {
      await accepted(await send(1))
      const { rows } = await bench.owner.query('select * from "MailMessage"')
      return rows[0] as Record<string, unknown>
    },
  }
}

/** @param like a row whose content each of these has, under ids, keys and addresses of its own */
async function batchedByHand({ owner, addWorkspace }: Workbench, like: Record<string, unknown>): Promise<Contestant> {
  const { id: workspaceId } = await addWorkspace()
  const columns = Object.keys(like)
  const contentHash = `\\x${(like.contentHash as Buffer).toString('hex')}`
  const list = columns.map((name) => `"${name}"`).join(', ')
  const insert = `insert into "MailMessage" (${list}) select ${list} from json_populate_recordset(null::"MailMessage", $1)`
  const update = `
    update "MailMessage" m set "dispatch" = 'accepted', "state" = 'sent', "attempts" = 1, "transport" = 'smtp', "providerId" = one."providerId",
      "attemptedAt" = now(), "sentAt" = now()
    from unnest($2::uuid[], $3::text[]) as one ("id", "providerId") where m."workspaceId" = $1 and m."id" = one."id"`
  const write = async () => {
    const rows = Array.from({ length: perBatch }, () => {
      const { to, idempotencyKey } = message()
      const planned = {
        dispatch: 'planned',
        state: 'queued',
        attempts: 0,
        transport: null,
        providerId: null,
        attemptedAt: null,
        sentAt: null,
      }
      return { ...like, ...planned, contentHash, workspaceId, id: uuidv7(), idempotencyKey, toAddress: to.address }
    })
    await owner.query({ name: 'by hand: insert', text: insert, values: [JSON.stringify(rows)] })
    const ids = rows.map(({ id }) => id)
    await owner.query({
      name: 'by hand: update',
      text: update,
      values: [workspaceId, ids, ids.map((id) => `taken ${id}`)],
    })
    return perBatch
  }
  await write()
  return {
    name: 'batched by hand',
    slice: async (milliseconds) => ({ done: await repeatedly(2, milliseconds, write) }),
  }
}

/** @throws where the two leave other rows behind, but for what is each message's own */
async function compareRows(owner: Workbench['owner']): Promise<string> {
  const own = [
    'workspaceId',
    'id',
    'idempotencyKey',
    'toAddress',
    'providerId',
    'queuedAt',
    'notBefore',
    'attemptedAt',
    'sentAt',
  ]
  const { rows } = await owner.query('select distinct on ("workspaceId") * from "MailMessage"')
  const [first = {}, second = {}] = rows
  const others = Object.keys(first).filter(
    (name) => !own.includes(name) && !isDeepStrictEqual(first[name], second[name]),
  )
  const missing = own.filter((name) => first[name] === null || second[name] === null)
  if (rows.length !== 2 || others.length + missing.length > 0)
    throw new Error(`The rows differ in ${[...others, ...missing].join(', ')}.`)
  return `Both leave the same rows behind: HTML of ${rows[0].html.length.toLocaleString('en')} characters, text of ${rows[0].text.length.toLocaleString('en')}.`
}

/** @returns the sum of what `work` returned, done by so many at a time until the time is over */
async function repeatedly(atOnce: number, milliseconds: number, work: () => Promise<number>): Promise<number> {
  const until = performance.now() + milliseconds
  let done = 0
  const worker = async () => {
    do {
      const count = await work()
      done += count
    } while (performance.now() < until)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return done
}

function takesEverything(): Transport {
  return {
    name: 'smtp',
    account: 'smtp/nowhere',
    priceMicros: 0,
    rateLastsSeconds: 300,
    mostCalls: 100,
    rate: async () => ({ perSecond: 1_000_000, perDay: null, sentLast24h: 0 }),
    deliver: async ({ id }) => ({ kind: 'accepted', providerId: `taken ${id}` }),
    close: () => {},
  }
}

function message(): OutgoingMail {
  written += 1
  return {
    to: { address: `reader-${written}@example.com`, name: 'Ada Lovelace' },
    template: 'campaigns.news',
    language: 'en',
    data: { name: 'Ada', offer: 'A pear tree for the south wall', until: '30 November' },
    idempotencyKey: `news/${written}`,
  }
}
