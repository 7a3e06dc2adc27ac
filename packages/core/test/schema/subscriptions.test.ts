import { type ExecutionResult, parse, subscribe } from 'graphql'
import { describe, expect, it } from 'vitest'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import type { Builder } from '../../src/schema/builder.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { Asker, editor, schemasOf } from './harness.ts'

let opened = 0

const ticker = definePlugin({
  name: 'ticker',
  permissions: { 'ticker:read': 'Read' },
  schema: [
    (builder: Builder) => {
      builder.subscriptionField('tick', (t) =>
        t.int({
          description: 'Counts.',
          authScopes: { permission: 'ticker:read' },
          subscribe: async function* () {
            opened++
            yield 1
            yield 2
          },
          resolve: (tick) => tick as number,
        }),
      )
      builder.queryField('x', (t) => t.string({ description: 'X.', authScopes: { public: true }, resolve: () => '' }))
    },
  ],
})

const { db } = await testDatabase()
const { admin } = schemasOf(ticker)
const workspaceId = '01960000-0000-7000-8000-000000000002'

const tick = (asker: Asker) =>
  subscribe({ schema: admin, document: parse('subscription { tick }'), contextValue: asker.context() })

describe('a subscription', () => {
  it('delivers to whoever has its permission', async () => {
    const answers = (await tick(
      new Asker(admin, db, { workspaceId, principal: editor('ticker:read') }),
    )) as AsyncIterable<ExecutionResult>
    const ticks: unknown[] = []
    for await (const { data } of answers) ticks.push(data?.tick)
    expect(ticks).toEqual([1, 2])
  })

  it('is refused to others when it begins, not when something first happens', async () => {
    const before = opened
    const answer = (await tick(
      new Asker(admin, db, { workspaceId, principal: editor('other:read') }),
    )) as ExecutionResult
    expect(answer.errors?.[0]).toMatchObject({
      extensions: { code: 'FORBIDDEN' },
      message: expect.stringContaining('"ticker:read"'),
    })
    expect(opened).toBe(before)
  })
})
