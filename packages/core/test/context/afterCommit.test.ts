import { describe, expect, test } from 'vitest'
import { defineTopic, sql, type WorkspaceContext } from '../../src/index.ts'
import { servedKernel } from '../../src/testing/index.ts'

const { kernel, createWorkspace } = await servedKernel([])
const rang = defineTopic<string>({ name: 'bell.rang' })

const open = async () => kernel.contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })

test('a transaction may be given less time, or more, than others', async () => {
  const context = await open()
  const works = async ({ db }: WorkspaceContext) => {
    for (const end = Date.now() + 5_000; Date.now() < end; ) await db.query(sql`select 1`)
  }
  await expect(context.transaction(works, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'TRANSACTION_TIMED_OUT' })
})

describe('what waits for the commit', () => {
  test('happens after it, in order', async () => {
    const context = await open()
    const diary: string[] = []
    await context.transaction(async (tx) => {
      tx.afterCommit(() => diary.push('first'))
      tx.afterCommit(() => diary.push('second'))
      await tx.db.query(sql`select 1`)
      diary.push('work')
    })
    expect(diary).toEqual(['work', 'first', 'second'])
  })

  test('happens once the outer transaction commits, where one joined another', async () => {
    const context = await open()
    const diary: string[] = []
    await context.transaction(async (tx) => {
      await tx.transaction(async (inner) => inner.afterCommit(() => diary.push('after')))
      diary.push('inner is over')
    })
    expect(diary).toEqual(['inner is over', 'after'])
  })

  test('never happens when the work fails, nor when the commit does', async () => {
    const context = await open()
    const diary: string[] = []
    const failing = context.transaction(async (tx) => {
      tx.afterCommit(() => diary.push('after'))
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    const swallowing = context.sqlTransaction(async (tx) => {
      tx.afterCommit(() => diary.push('after'))
      await tx.db.query(sql`select 1 / 0`).catch(() => {})
    })
    await expect(swallowing).rejects.toThrow()
    expect(diary).toEqual([])
  })

  test('is what announcing is: nobody hears of what was rolled back', async () => {
    const context = await open()
    const heard = kernel.live.subscribe(context.workspaceId, rang, 'door')
    await heard.ready
    await context
      .transaction(async (tx) => {
        tx.announce(rang, 'door', 'never')
        throw new Error('no')
      })
      .catch(() => {})
    await context.transaction(async (tx) => tx.announce(rang, 'door', 'once'))
    expect((await heard.next()).value).toEqual({ message: 'once', gap: 0 })
    await heard.return?.()
  })

  test('happens at once outside of a transaction', async () => {
    const context = await open()
    let done = false
    context.afterCommit(() => {
      done = true
    })
    expect(done).toBe(true)
  })
})
