import { describe, expect, test } from 'vitest'
import { PooledWorkspaceConnections } from '../../src/data/workspaceConnections.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { OneClientForAll, SessionConnections, TwoCallConnections } from './isolationMistakes.ts'
import { runTrial, type TrialResult } from './isolationTrial.ts'

const { urls } = await testDatabase()
const seed = Number(process.env.ESPALIER_SEED ?? 20261121)

describe('50 workspaces over 4 connections', () => {
  test('never see one another in 5,000 mixed attempts with errors, time-outs and killed connections', {
    timeout: 180_000,
  }, async () => {
    const { violations, outcomes } = await runTrial({
      ...{ urls, seed, queries: 5_000, workspaces: 50, connections: 4 },
      bind: (pool) => new PooledWorkspaceConnections(pool),
    })
    expect(violations).toEqual([])

    // Proof that the trial was one: what should work mostly did, and every kind of failure took place.
    expect(outcomes.sql?.fine).toBeGreaterThan(500)
    expect(outcomes['prisma list']?.fine).toBeGreaterThan(500)
    expect(outcomes['transaction of prisma and sql']?.fine).toBeGreaterThan(200)
    const ends = new Set(Object.values(outcomes).flatMap((outcome) => Object.keys(outcome)))
    const failures = {
      ...{ duplicateKey: '23505', syntaxError: '42601', divisionByZero: '22012', policy: '42501' },
      ...{ statementTimeout: '57014', killed: '57P01', rolledBack: 'rolled back' },
      ...{ caught: 'TRANSACTION_FAILED', transactionTimeout: 'TRANSACTION_TIMED_OUT' },
    }
    expect([...ends]).toEqual(expect.arrayContaining(Object.values(failures)))
  })
})

describe('the trial itself finds', () => {
  const small = { urls, seed, queries: 400, workspaces: 10, connections: 4 }
  const about = ({ violations }: TrialResult, text: string) =>
    violations.filter((violation) => violation.includes(text))

  test('a workspace that stays on the connection: set_config for the session', async () => {
    const result = await runTrial({ ...small, bind: (pool) => new SessionConnections(pool) })
    expect(about(result, 'a connection was still in')).not.toEqual([])
  })

  test('a workspace set on one connection and used on another: two calls of pool.query', async () => {
    const result = await runTrial({ ...small, bind: (pool) => new TwoCallConnections(pool) })
    expect(about(result, 'saw a row of')).not.toEqual([])
  })

  test('one Prisma client for all workspaces: look-ups of one tick are merged into one workspace', async () => {
    const result = await runTrial({
      ...small,
      bind: (pool) => new PooledWorkspaceConnections(pool),
      prisma: (connections) => new OneClientForAll(connections).asPrismaPool(),
    })
    expect(about(result, 'prisma lookups in one tick')).not.toEqual([])
  })
})
