/**
 * npm run bench -- search
 *
 * How long does a search in a list take where a workspace has very many rows? The audit trail, beside another workspace's of the
 * same size, through Prisma and the policies as the API asks: a word that many rows have, one that a single old row has, and one
 * that none has; the page of 50 and the count. Prints the median of the rounds.
 */
import { containing, wordsOf } from '../packages/core/src/schema/lists/filters.ts'
import { openWorkbench } from './workbench.ts'

const rows = Number(process.env.ROWS ?? 1_000_000)
const rounds = Number(process.env.ROUNDS ?? 5)
const columns = ['action', 'actorName', 'resourceType', 'resourceId', 'ipAddress'] as const

await using bench = await openWorkbench([], { durable: false })
const [one, other] = [await bench.addWorkspace(), await bench.addWorkspace()]
for (const { id } of [one, other])
  await bench.owner.query(
    `insert into "AuditEntry" ("workspaceId", "id", "at", "actorType", "actorId", "actorName", "action", "resourceType", "resourceId", "ipAddress")
    select $1, gen_random_uuid(), now() - n * interval '1 second', 'user', gen_random_uuid(), 'Person ' || n % 200,
      (array['publishPage','updatePage','signIn','createExperiment','retryJob'])[1 + n % 5],
      case when n = $2 then 'Quince' else (array['Page','Experiment','Job','User'])[1 + n % 4] end,
      gen_random_uuid()::text, '192.0.2.' || n % 250
    from generate_series(1, $2::int) n`,
    [id, rows],
  )
await bench.owner.query('vacuum analyze "AuditEntry"')

console.log(
  `A list of ${rows.toLocaleString('en')} rows beside as many of another workspace, ms (median of ${rounds})\n`,
)
for (const [what, text] of [
  ['many rows have it', 'publish'],
  ['one row has it, the oldest', 'quince'],
  ['none has it', 'nowhere'],
  ['two words, one of them rare', 'sign quince'],
] as const) {
  const page = await median(() => search(one.context, text))
  const count = await median(() => counted(one.context, text))
  console.log(`${what.padEnd(30)} page ${page.toFixed(0).padStart(6)}   count ${count.toFixed(0).padStart(6)}`)
}

/** As `searchIn` asks. */
function where(text: string) {
  return { AND: wordsOf(text).map((word) => ({ OR: columns.map((column) => ({ [column]: containing(word) })) })) }
}

function search({ db }: typeof one.context, text: string) {
  return db.prisma.auditEntry.findMany({ where: where(text), orderBy: [{ at: 'desc' }, { id: 'desc' }], take: 51 })
}

function counted({ db }: typeof one.context, text: string) {
  return db.prisma.auditEntry.count({ where: where(text) })
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now()
    await work()
    if (round > 0) times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number
}
