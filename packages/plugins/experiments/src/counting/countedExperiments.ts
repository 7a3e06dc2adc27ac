import { type Clock, prepared, type SqlContext } from '@espalier/core'
import type { HashVersion } from '../assignment/buckets.ts'
import type { Metric } from '../metrics/metric.ts'
import { type CountedExperiment, countedMetric, countedPhase } from './countedExperiment.ts'
import { versionOf } from './countingStore.ts'
import { Measurers } from './measurers.ts'

/** What a workspace counts: its running experiments and what events mean for them. */
export interface Counted {
  readonly takenAt: number
  readonly running: ReadonlyMap<string, CountedExperiment>
  /** Key → id, of those that run. */
  readonly idOfKey: ReadonlyMap<string, string>
  readonly measurers: Measurers
  /** Ids and keys that were asked for and do not run. */
  readonly absent: Set<string>
}

/** How old what is known may be. Milliseconds. */
const freshForMs = 1_000

/** Workspaces without traffic are forgotten: the one that waited longest goes first. */
const maxWorkspaces = 10_000

/** Knows what runs in each workspace, so that a batch of events that concern no experiment costs a look into a map. */
export class CountedExperiments {
  readonly #clock: Clock
  readonly #known = new Map<string, Counted>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * What counts in a transaction's workspace. What is left out here is lost: so an old answer does not do, nor one that
   * lacks an experiment that the events name.
   *
   * @param named ids and keys of experiments
   */
  async of(tx: SqlContext, named: Iterable<string>): Promise<Counted> {
    const known = this.#known.get(tx.workspaceId)
    const isFresh = known !== undefined && Math.abs(this.#clock.now().getTime() - known.takenAt) <= freshForMs
    if (isFresh && [...named].every((name) => isKnown(known, name))) return known
    return this.refresh(tx, named)
  }

  /** Reads anew. Over the transaction's own connection: waiting for another one while holding this could wait for ever. */
  async refresh(tx: SqlContext, named: Iterable<string> = []): Promise<Counted> {
    const rows = await tx.db.query<ExperimentRow>(selectRunning())
    const experiments = rows.flatMap((row) => {
      try {
        return [countedExperiment(row)]
      } catch (error) {
        // One that cannot be read must not keep the events of the workspace from being logged.
        tx.log.error({ err: error, experiment: row.key }, 'An experiment cannot be read; nothing counts for it')
        return []
      }
    })
    const counted: Counted = {
      takenAt: this.#clock.now().getTime(),
      running: new Map(experiments.map((experiment) => [experiment.id, experiment])),
      idOfKey: new Map(experiments.map(({ key, id }) => [key, id])),
      measurers: new Measurers(experiments),
      absent: new Set(),
    }
    for (const name of named) if (!isKnown(counted, name)) counted.absent.add(name)
    this.#known.delete(tx.workspaceId)
    this.#known.set(tx.workspaceId, counted)
    const [longestWaiting] = this.#known.keys()
    if (this.#known.size > maxWorkspaces && longestWaiting) this.#known.delete(longestWaiting)
    return counted
  }
}

function isKnown({ running, idOfKey, absent }: Counted, name: string): boolean {
  return running.has(name) || idOfKey.has(name) || absent.has(name)
}

interface ExperimentRow {
  readonly id: string
  readonly key: string
  readonly seed: string
  readonly hashVersion: HashVersion
  readonly version: string
  readonly cupedDays: number
  readonly variants: readonly { readonly id: string; readonly key: string }[]
  readonly phases: readonly PhaseRow[]
  readonly metrics: readonly MetricRow[]
}

interface PhaseRow {
  readonly number: number
  readonly startedAt: string
  readonly weights: Readonly<Record<string, number>>
  readonly targeting: { readonly coverage?: number }
}

interface MetricRow {
  readonly metric: Metric
  readonly numerator: Metric | null
  readonly denominator: Metric | null
  readonly cap: number | null
}

function countedExperiment({
  id,
  key,
  seed,
  hashVersion,
  version,
  cupedDays,
  variants,
  phases,
  metrics,
}: ExperimentRow): CountedExperiment {
  const variantIds = variants.map((variant) => variant.id)
  return {
    id,
    key,
    version,
    cupedDays,
    variants: new Map(variants.map((variant) => [variant.id, variant.key])),
    phases: phases.map(({ number, startedAt, weights, targeting }) =>
      countedPhase(number, new Date(startedAt), { seed, hashVersion }, variantIds, weights, targeting.coverage ?? 1),
    ),
    metrics: metrics.map(({ metric, numerator, denominator, cap }) =>
      countedMetric(metric, numerator, denominator, cap),
    ),
  }
}

const selectRunning = prepared(
  'experiments_select_counted',
  `select e."id", e."key", e."seed", e."hashVersion", ${versionOf} as "version", coalesce((e."rules" ->> 'cupedDays')::int, 0) as "cupedDays",
     (select json_agg(json_build_object('id', v."id", 'key', v."key") order by v."position")
      from "ExperimentVariant" v where v."workspaceId" = e."workspaceId" and v."experimentId" = e."id") as "variants",
     (select json_agg(json_build_object('number', p."number", 'startedAt', p."startedAt", 'weights', p."weights", 'targeting', p."targeting")
        order by p."number")
      from "ExperimentPhase" p where p."workspaceId" = e."workspaceId" and p."experimentId" = e."id") as "phases",
     coalesce((select json_agg(json_build_object('metric', to_json(m), 'cap', g."cap",
          'numerator', case when n."id" is not null then to_json(n) end, 'denominator', case when d."id" is not null then to_json(d) end)
        order by g."position", g."metricId")
      from "ExperimentGoal" g
        join "ExperimentMetric" m on m."workspaceId" = g."workspaceId" and m."id" = g."metricId"
        left join "ExperimentMetric" n on n."workspaceId" = m."workspaceId" and n."id" = m."numeratorId"
        left join "ExperimentMetric" d on d."workspaceId" = m."workspaceId" and d."id" = m."denominatorId"
      where g."workspaceId" = e."workspaceId" and g."experimentId" = e."id"), '[]') as "metrics"
   from "Experiment" e
   where e."workspaceId" = current_workspace() and e."status" = 'running'
     and exists (select from "ExperimentPhase" p where p."workspaceId" = e."workspaceId" and p."experimentId" = e."id")`,
)
