import { type Migration, migrate, readMigrations } from '@espalier/core/server'
import { emptyDatabase } from '@espalier/core/testing'
import pg from 'pg'
import { expect, test } from 'vitest'

const database = await emptyDatabase()

test('experiments from before metrics and phases keep their goal, their counts and their subjects', async () => {
  const owner = new pg.Client(database.owner)
  await owner.connect()
  const migrations = await readMigrations(new URL('../../../../prisma/migrations', import.meta.url).pathname)
  const index = migrations.findIndex(({ name }) => name.endsWith('experiments_phases_metrics_decisions'))
  await migrate(owner, migrations.slice(0, index) as Migration[])
  const uuid = (text: string) => `00000000-0000-4000-8000-${text.padStart(12, '0')}`
  const [workspace, running, draft, a, b] = ['1', '2', '3', 'a', 'b'].map(uuid)
  await owner.query('insert into "Workspace" ("id", "name", "slug", "createdAt") values ($1, $2, $2, now())', [
    workspace,
    'old',
  ])
  // Two goals that make the same key for a metric.
  for (const [id, key, goal, startedAt] of [
    [running, 'headline', 'Sign up', '2026-11-01T10:00:00Z'],
    [draft, 'price', 'sign-up', null],
  ])
    await owner.query(
      `insert into "Experiment" ("workspaceId", "id", "key", "name", "goal", "seed", "status", "startedAt", "updatedAt")
       values ($1, $2, $3, $3, $4, $3, $5, $6, now())`,
      [workspace, id, key, goal, startedAt ? 'running' : 'draft', startedAt],
    )
  for (const [id, key, weight] of [
    [a, 'control', 1],
    [b, 'bold', 3],
  ])
    await owner.query(
      `insert into "ExperimentVariant" ("workspaceId", "id", "experimentId", "key", "name", "weight", "position")
       values ($1, $2, $3, $4, $4, $5, 0)`,
      [workspace, id, running, key, weight],
    )
  for (const [subject, variant, exposed, converted] of [
    ['ann', a, '2026-11-01T11:00:00Z', null],
    ['ben', b, '2026-11-01T12:00:00Z', '2026-11-02T12:00:00Z'],
    ['cat', b, '2026-11-02T12:00:00Z', '2026-11-02T13:00:00Z'],
  ])
    await owner.query(
      `insert into "ExperimentExposure" ("workspaceId", "experimentId", "subject", "variantId", "exposedAt", "convertedAt")
       values ($1, $2, $3, $4, $5, $6)`,
      [workspace, running, subject, variant, exposed, converted],
    )

  await migrate(owner, migrations)

  const { rows: metrics } = await owner.query(
    `select m."key", m."kind", m."event", e."key" as "experiment", g."role"
     from "ExperimentMetric" m join "ExperimentGoal" g on g."metricId" = m."id" join "Experiment" e on e."id" = g."experimentId" order by 4`,
  )
  expect(metrics).toMatchObject([
    { kind: 'conversion', event: 'Sign up', experiment: 'headline', role: 'goal' },
    { kind: 'conversion', event: 'sign-up', experiment: 'price', role: 'goal' },
  ])
  expect(metrics.map(({ key }) => key).sort()).toEqual(['sign-up', 'sign-up-2'])
  const { rows: phases } = await owner.query('select "experimentId", "number", "weights" from "ExperimentPhase"')
  expect(phases).toEqual([{ experimentId: running, number: 1, weights: { [a as string]: 0.25, [b as string]: 0.75 } }])
  const { rows: totals } = await owner.query(
    `select "variantId", "day"::text, sum("subjects")::int as "subjects", sum("sum")::int as "sum" from "ExperimentTotal"
     group by 1, 2, "metricId" order by "metricId" = '00000000-0000-0000-0000-000000000000' desc, 1, 2`,
  )
  expect(totals).toEqual([
    { variantId: a, day: '2026-11-01', subjects: 1, sum: 0 },
    { variantId: b, day: '2026-11-01', subjects: 1, sum: 0 },
    { variantId: b, day: '2026-11-02', subjects: 1, sum: 0 },
    { variantId: b, day: '2026-11-02', subjects: 2, sum: 2 },
  ])
  const { rows: values } = await owner.query(
    `select "subject", v."value", v."byDay", x."day"::text from "ExperimentSubjectValue" v
     join "ExperimentExposure" x using ("workspaceId", "experimentId", "subject") order by 1`,
  )
  expect(values).toEqual([
    { subject: 'ben', value: 1, byDay: [['2026-11-02', 1, 0]], day: '2026-11-01' },
    { subject: 'cat', value: 1, byDay: [['2026-11-02', 1, 0]], day: '2026-11-02' },
  ])
  await owner.end()
})
