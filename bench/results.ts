/**
 * npm run bench -- results
 *
 * Does the cost of an experiment's results grow with the number of its subjects? Sums as 50 million exposures leave them
 * behind, beside those of 50 thousand: 4 weeks, 3 variants, 3 metrics, sliced by 4 devices, 60 countries and 8 channels.
 * What an admin reads of them, in alternating rounds; the ratio is taken within each round.
 */
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { openWorkbench } from './workbench.ts'

const rounds = Number(process.env.ROUNDS ?? 20)
const sizes = { small: 50_000, large: 50_000_000 } as const
const days = 28

await run()

async function run(): Promise<void> {
  await using bench = await openWorkbench([tracking, experiments])
  const { kernel, owner } = bench
  const { id: workspaceId, context: workspace } = await bench.addWorkspace()
  const service = kernel.service(experiments)
  const ids = {
    small: await plant(owner, workspaceId, sizes.small),
    large: await plant(owner, workspaceId, sizes.large),
  }
  await owner.query('analyze')
  const { rows } = await owner.query<{ id: string; exposures: string; rows: string }>(
    `select "experimentId" as "id", count(*) as "rows",
       sum("subjects") filter (where "metricId" = '00000000-0000-0000-0000-000000000000' and "dimension" = '') as "exposures"
     from "ExperimentTotal" group by 1`,
  )
  for (const [name, id] of Object.entries(ids)) {
    const planted = rows.find((row) => row.id === id)
    console.log(
      `${name}: ${Number(planted?.exposures).toLocaleString('en')} exposures in ${Number(planted?.rows).toLocaleString('en')} rows`,
    )
  }

  const reads = {
    'the results': async (id: string) => service.results.of(workspace, await service.get(workspace, id)),
    'day by day': async (id: string) => {
      const experiment = await service.get(workspace, id)
      return service.results.series(workspace, experiment, firstMetric(experiment))
    },
    'by country': async (id: string) => {
      const experiment = await service.get(workspace, id)
      return service.results.slices(workspace, experiment, firstMetric(experiment), 'country')
    },
    'its health': async (id: string) => service.results.health(workspace, await service.get(workspace, id)),
  }
  console.log(`\nMilliseconds, median of ${rounds} rounds\n`)
  for (const [name, read] of Object.entries(reads)) {
    const figures = { small: [] as number[], large: [] as number[] }
    for (let round = 0; round <= rounds; round++)
      for (const size of round % 2 ? (['small', 'large'] as const) : (['large', 'small'] as const)) {
        const start = performance.now()
        await read(ids[size])
        // The first round warms up and does not count.
        if (round > 0) figures[size].push(performance.now() - start)
      }
    const ratio = median(figures.large.map((value, round) => value / (figures.small[round] as number)))
    console.log(
      `${name.padEnd(14)} ${median(figures.small).toFixed(1).padStart(7)} at 50 thousand ${median(figures.large).toFixed(1).padStart(7)} at 50 million ${ratio.toFixed(2).padStart(6)} ×`,
    )
  }
}

function firstMetric<M>({ goals }: { goals: readonly { metric: M }[] }): M {
  return (goals[0] as { metric: M }).metric
}

/** An experiment with the sums that so many exposures leave behind: every day, metric, variant and slice that has any. */
async function plant(owner: pg.Pool, workspaceId: string, exposures: number): Promise<string> {
  const id = uuidv7()
  const query = (text: string, values: unknown[]) => owner.query(text, values)
  await query(
    `insert into "Experiment" ("workspaceId", "id", "key", "name", "seed", "status", "phase", "startedAt", "updatedAt")
       values ($1, $2, $3, $3, $3, 'running', 1, now() - interval '28 days', now())`,
    [workspaceId, id, `bench-${exposures}`],
  )
  await query(
    `insert into "ExperimentVariant" ("workspaceId", "id", "experimentId", "key", "name", "weight", "position")
       select $1, uuidv7(), $2, 'v' || n, 'v' || n, 1, n from generate_series(0, 2) n`,
    [workspaceId, id],
  )
  await query(
    `insert into "ExperimentPhase" ("workspaceId", "experimentId", "number", "startedAt", "reason", "actor", "weights", "targeting")
       select $1, $2, 1, now() - interval '28 days', 'started', '{}', jsonb_object_agg("id", 1.0 / 3), '{}'
       from "ExperimentVariant" where "experimentId" = $2`,
    [workspaceId, id],
  )
  await query(
    `with made as (
         insert into "ExperimentMetric" ("workspaceId", "id", "key", "name", "kind", "event", "currency", "updatedAt")
         select $1, uuidv7(), m.key || $3, m.key, m.kind::"ExperimentMetricKind", m.key, m.currency, now()
         from (values ('signup', 'conversion', null), ('clicks', 'count', null), ('revenue', 'value', 'EUR')) as m (key, kind, currency)
         returning "id", "key"
       ) insert into "ExperimentGoal" ("workspaceId", "experimentId", "metricId", "role", "position")
       select $1, $2, "id", case when "key" like 'signup%' then 'goal' else 'secondary' end::"ExperimentMetricRole", row_number() over () from made`,
    [workspaceId, id, exposures],
  )
  // A slice's share of the subjects falls as 1/n, as countries and channels do. What would be less than one subject is none.
  await query(
    `with slices as (
         select '' as "dimension", '' as "value", 1.0 as share
         union all select d.name, d.name || n, 1.0 / (n * d.harmonic)
         from (values ('device', 4, 2.083), ('country', 60, 4.68), ('channel', 8, 2.718)) as d (name, many, harmonic),
           lateral generate_series(1, d.many) n
       ), cells as (
         select s.*, v."id" as "variantId", day::date as "day", round($3::numeric / ($4 * 3) * s.share) as subjects
         from slices s, "ExperimentVariant" v,
           generate_series(current_date - ($4::int - 1), current_date, interval '1 day') day
         where v."experimentId" = $2
       )
       insert into "ExperimentTotal" ("workspaceId", "experimentId", "phase", "metricId", "variantId", "dimension", "value", "day", "subjects", "sum", "sumOfSquares")
       select $1::uuid, $2::uuid, 1, '00000000-0000-0000-0000-000000000000'::uuid, "variantId", "dimension", "value", "day", subjects, 0, 0 from cells where subjects >= 1
       union all
       select $1::uuid, $2::uuid, 1, g."metricId", "variantId", "dimension", "value", "day", 0, round(subjects * 0.1), round(subjects * 0.1)
       from cells, "ExperimentGoal" g where g."experimentId" = $2 and subjects * 0.1 >= 1`,
    [workspaceId, id, exposures, days],
  )
  return id
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
