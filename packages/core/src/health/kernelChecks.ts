import { Redis } from 'ioredis'
import type { SystemDb } from '../data/database.ts'
import { prepared } from '../data/sql.ts'
import type { PoolNumbers } from '../http/collectors.ts'
import { plural } from '../told.ts'
import type { HealthCheck } from './reading.ts'

export interface KernelParts {
  /** The second door: these numbers are the installation's. */
  readonly system: SystemDb
  readonly pools: Readonly<Record<string, PoolNumbers>>
  readonly redisUrl: string | undefined
}

/** What every installation consists of: its database, its jobs and what its processes meet through. */
export function kernelChecks(parts: KernelParts): HealthCheck[] {
  return [databaseCheck(parts), jobsCheck(parts.system), meetingCheck(parts.redisUrl)]
}

/** Round trips of more than this are felt on every page. Milliseconds. */
const slowMs = 250
/** Connections in use of those that PostgreSQL allows, beyond which new ones are soon refused. */
const crowded = 0.85

function databaseCheck({ system, pools }: KernelParts): HealthCheck {
  return {
    key: 'database',
    title: { en: 'PostgreSQL', fr: 'PostgreSQL' },
    read: async () => {
      const began = performance.now()
      await system.query(ping())
      const latency = performance.now() - began
      const [row] = await system.query<{ version: string; size: number; used: number; most: number }>(selectDatabase())
      const { version = '', size = 0, used = 0, most = 1 } = row ?? {}
      const waiting = Object.values(pools).reduce((sum, pool) => sum + pool.waitingCount, 0)
      const figures = [
        { label: { en: 'Round trip', fr: 'Aller-retour' }, value: latency, unit: 'milliseconds' },
        { label: { en: 'Size', fr: 'Taille' }, value: size, unit: 'bytes' },
        { label: { en: 'Connections', fr: 'Connexions' }, value: used, unit: 'count' },
        { label: { en: 'Connections allowed', fr: 'Connexions permises' }, value: most, unit: 'count' },
      ] as const
      if (used / most > crowded || waiting > 0)
        return {
          state: 'degraded',
          sentence: {
            en: `PostgreSQL ${version} has ${used} of ${most} connections in use, and ${waiting} ${plural.en(waiting, 'request waits', 'requests wait')} for one. Raise max_connections, or run fewer processes.`,
            fr: `PostgreSQL ${version} a ${used} ${plural.fr(used, 'connexion', 'connexions')} sur ${most} en cours, et ${waiting} ${plural.fr(waiting, 'requête en attend', 'requêtes en attendent')} une. Augmentez max_connections, ou lancez moins de processus.`,
          },
          figures,
        }
      if (latency > slowMs)
        return {
          state: 'degraded',
          sentence: {
            en: `PostgreSQL ${version} answers, but slowly: every page waits for it. Look at the load of its machine.`,
            fr: `PostgreSQL ${version} répond, mais lentement : chaque page l’attend. Regardez la charge de sa machine.`,
          },
          figures,
        }
      return {
        state: 'ok',
        sentence: { en: `PostgreSQL ${version} answers.`, fr: `PostgreSQL ${version} répond.` },
        figures,
      }
    },
  }
}

/** A job that could have begun this long ago and has not: nobody works. Seconds. */
const stuckSeconds = 300

function jobsCheck(system: SystemDb): HealthCheck {
  return {
    key: 'jobs',
    title: { en: 'Background jobs', fr: 'Tâches de fond' },
    read: async () => {
      const [row] = await system.query<{ waiting: number; active: number; failed: number; oldest: number | null }>(
        countJobs(),
      )
      const { waiting = 0, active = 0, failed = 0, oldest = null } = row ?? {}
      const figures = [
        { label: { en: 'Waiting', fr: 'En attente' }, value: waiting, unit: 'count' },
        { label: { en: 'Running', fr: 'En cours' }, value: active, unit: 'count' },
        { label: { en: 'Failed in 24 hours', fr: 'Échouées en 24 heures' }, value: failed, unit: 'count' },
        { label: { en: 'Longest wait', fr: 'Plus longue attente' }, value: oldest ?? 0, unit: 'seconds' },
      ] as const
      if ((oldest ?? 0) > stuckSeconds)
        return {
          state: 'degraded',
          sentence: {
            en: 'Jobs wait longer than they should. Check that a server or worker process runs jobs (ESPALIER_WORKER).',
            fr: 'Des tâches attendent plus que de raison. Vérifiez qu’un serveur ou un worker les exécute (ESPALIER_WORKER).',
          },
          figures,
        }
      if (failed > 0)
        return {
          state: 'degraded',
          sentence: {
            en: `${failed} ${plural.en(failed, 'job has', 'jobs have')} failed for good in the last 24 hours. Their errors are on the page of jobs, where they can be retried.`,
            fr: `${failed} ${plural.fr(failed, 'tâche a échoué', 'tâches ont échoué')} pour de bon ces dernières 24 heures. Leurs erreurs sont sur la page des tâches, d’où on peut les relancer.`,
          },
          figures,
        }
      return {
        state: 'ok',
        sentence: { en: 'Jobs run as they come.', fr: 'Les tâches s’exécutent à mesure.' },
        figures,
      }
    },
  }
}

function meetingCheck(redisUrl: string | undefined): HealthCheck {
  return {
    key: 'redis',
    title: { en: 'Between processes', fr: 'Entre processus' },
    read: async () => {
      if (!redisUrl)
        return {
          state: 'ok',
          sentence: {
            en: 'One process does everything: live updates, cache and limits are in its memory. Several need Redis (REDIS_URL).',
            fr: 'Un seul processus fait tout : direct, cache et limites sont dans sa mémoire. À plusieurs, il faut Redis (REDIS_URL).',
          },
          figures: [],
        }
      const milliseconds = await pinged(redisUrl)
      return {
        state: milliseconds > slowMs ? 'degraded' : 'ok',
        sentence:
          milliseconds > slowMs
            ? {
                en: 'Redis answers, but slowly: live updates come late.',
                fr: 'Redis répond, mais lentement : le direct a du retard.',
              }
            : { en: 'Redis answers.', fr: 'Redis répond.' },
        figures: [{ label: { en: 'Round trip', fr: 'Aller-retour' }, value: milliseconds, unit: 'milliseconds' }],
      }
    },
  }
}

/** A connection of its own: those in use answer from their queues while they are broken. */
async function pinged(url: string): Promise<number> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // What it fails with comes out of connect() and ping() as well.
  redis.on('error', () => {})
  try {
    await redis.connect()
    const began = performance.now()
    await redis.ping()
    return performance.now() - began
  } finally {
    redis.disconnect()
  }
}

const ping = prepared('health_ping', 'select 1')

const selectDatabase = prepared(
  'health_database',
  `select current_setting('server_version') as "version", pg_database_size(current_database())::float8 as "size",
     (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as "used",
     current_setting('max_connections')::int as "most"`,
)

const countJobs = prepared(
  'health_jobs',
  `select count(*) filter (where state in ('created', 'retry') and start_after <= pgboss.job_now())::int as "waiting",
     count(*) filter (where state = 'active')::int as "active",
     count(*) filter (where state = 'failed' and completed_on > pgboss.job_now() - interval '24 hours')::int as "failed",
     extract(epoch from pgboss.job_now() - min(start_after) filter (where state in ('created', 'retry') and start_after <= pgboss.job_now()))::float8 as "oldest"
   from pgboss.job
   where state < 'completed' or (state = 'failed' and completed_on > pgboss.job_now() - interval '24 hours')`,
)
