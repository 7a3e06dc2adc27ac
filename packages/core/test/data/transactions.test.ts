import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Db, SqlDb } from '../../src/data/database.ts'
import { sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { asUnavailable } from '../../src/unavailable.ts'

const { db, urls, createWorkspace } = await testDatabase({ poolSize: 2, statementTimeoutMs: 1000 })

// Whoever finds the connection free has it well within this.
const small = await testDatabase({ poolSize: 1, connectionWaitMs: 1000 })

let workspace: Db

beforeEach(async () => {
  workspace = db.workspace(await createWorkspace())
})

const put = (plugin: string) =>
  sql`insert into "PluginSetting" ("plugin", "value", "updatedAt") values (${plugin}, '1', now())`

async function plugins(): Promise<string[]> {
  const rows = await workspace.query<{ plugin: string }>(sql`select "plugin" from "PluginSetting" order by 1`)
  return rows.map(({ plugin }) => plugin)
}

describe('a transaction', () => {
  test('holds Prisma and SQL together: both or neither', async () => {
    const both = async (tx: Db) => {
      await tx.prisma.pluginSetting.create({ data: { plugin: 'prisma', value: 1 } })
      await tx.query(put('sql'))
      expect(await tx.prisma.pluginSetting.count()).toBe(2)
      expect(await tx.query(sql`select 1 from "PluginSetting"`)).toHaveLength(2)
      expect(tx.inTransaction).toBe(true)
    }
    await expect(
      workspace.transaction(async (tx) => {
        await both(tx)
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await plugins()).toEqual([])

    await workspace.transaction(both)
    expect(await plugins()).toEqual(['prisma', 'sql'])
  })

  test('joins the one that is already open', async () => {
    await expect(
      workspace.transaction(async (tx) => {
        await tx.transaction((inner) => inner.query(put('inner')))
        await tx.sqlTransaction((inner) => inner.query(put('inner sql')))
        throw new Error('outer')
      }),
    ).rejects.toThrow('outer')
    expect(await plugins()).toEqual([])
  })

  test('runs statements that were started together one after the other', async () => {
    await workspace.transaction(async (tx) => {
      await Promise.all([tx.query(put('a')), tx.prisma.pluginSetting.count(), tx.query(put('b')), tx.query(put('c'))])
    })
    expect(await plugins()).toEqual(['a', 'b', 'c'])
  })

  test('sends what nobody waits for with what follows, and raises its error where it would commit', async () => {
    await workspace.transaction(async (tx) => {
      await tx.send(put('sent'))
      expect(await tx.query(sql`select 1 from "PluginSetting" where "plugin" = 'sent'`)).toHaveLength(1)
    })
    expect(await plugins()).toEqual(['sent'])
    await expect(
      workspace.transaction(async (tx) => {
        await tx.query(put('first'))
        await tx.send(sql`select 1 / 0`)
      }),
    ).rejects.toThrow('division by zero')
    await expect(
      workspace.transaction(async (tx) => {
        await tx.query(put('first'))
        await tx.send(put('never looked at'))
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await plugins()).toEqual(['sent'])
  })

  test.each<[string, (tx: Db) => Promise<unknown>]>([
    ['by SQL', (tx) => tx.query(put('after'))],
    ['by Prisma', (tx) => tx.prisma.page.count()],
  ])('says why it failed where more is asked of it, %s, after what nobody waits for', async (_, more) => {
    const failing = workspace.transaction(async (tx) => {
      await tx.query(put('first'))
      await tx.send(sql`select 1 / 0`)
      await more(tx)
    })
    await expect(failing).rejects.toThrow('division by zero')
  })

  test('that asks nothing takes no connection out of use, and one whose first statement fails is over', async () => {
    for (let round = 0; round < 5; round++) {
      expect(await workspace.transaction(async () => round)).toBe(round)
      await expect(workspace.transaction((tx) => tx.query(sql`select 1 / 0`))).rejects.toThrow('division by zero')
      await expect(workspace.sqlTransaction((tx) => tx.query(sql`no statement`))).rejects.toThrow('syntax error')
    }
    expect(await plugins()).toEqual([])
  })

  test('has records within records, around which Prisma would open one of its own, stand or fall with it', async () => {
    const nested = (tx: Db) =>
      tx.prisma.page.create({
        data: { slug: 'nested', title: 'Nested', variants: { create: [{ key: 'a', position: 0, content: {} }] } },
        include: { variants: true },
      })
    await expect(
      workspace.transaction(async (tx) => {
        expect((await nested(tx)).variants).toHaveLength(1)
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await workspace.prisma.page.count()).toBe(0)
    await workspace.transaction(nested)
    expect([await workspace.prisma.page.count(), await workspace.prisma.pageVariant.count()]).toEqual([1, 1])
  })

  test('starts a Prisma call at once, awaited or not, and refuses it after the end', async () => {
    let kept: Db | undefined
    await workspace.transaction(async (tx) => {
      kept = tx
      const created = tx.prisma.pluginSetting.create({ data: { plugin: 'kept', value: 1 } })
      await tx.query(sql`select 1`)
      return created
    })
    expect(await plugins()).toEqual(['kept'])
    await expect(kept?.prisma.pluginSetting.findMany()).rejects.toMatchObject({ code: 'TRANSACTION_OVER' })
  })
})

describe.each(['transaction', 'sqlTransaction'] as const)('%s', (kind) => {
  const run = <T>(work: (tx: SqlDb) => Promise<T>) =>
    kind === 'transaction' ? workspace.transaction(work) : workspace.sqlTransaction(work)

  test('does not pretend to commit after a failed statement whose error was caught', async () => {
    await expect(
      run(async (tx) => {
        await tx.query(put('first'))
        await tx.query(sql`select 1 / 0`).catch(() => {})
      }),
    ).rejects.toThrow(/rolled all of it back/)
    expect(await plugins()).toEqual([])
  })

  test('refuses statements after its end, so that they cannot meet the next borrower', async () => {
    let kept: SqlDb | undefined
    await run(async (tx) => {
      kept = tx
    })
    await expect(kept?.query(sql`select 1`)).rejects.toMatchObject({ code: 'TRANSACTION_OVER' })
  })

  test('refuses to go on when SQL ended it', async () => {
    await expect(run((tx) => tx.query(sql`commit`))).rejects.toMatchObject({ code: 'TRANSACTION_ENDED_BY_SQL' })
    expect(await plugins()).toEqual([])
  })

  test('rolls back when a statement takes too long', async () => {
    await expect(
      run(async (tx) => {
        await tx.query(put('slow'))
        await tx.query(sql`select pg_sleep(5)`)
      }),
    ).rejects.toThrow('statement timeout')
    expect(await plugins()).toEqual([])
  })

  test('fails when its connection dies between two statements, and the next one works', async () => {
    await expect(
      run(async (tx) => {
        const [backend] = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as "pid"`)
        await killBackend(backend?.pid as number)
        await tx.query(put('dead'))
      }),
    ).rejects.toThrow(/terminat|connection/i)
    await run((tx) => tx.query(put('alive')))
    expect(await plugins()).toEqual(['alive'])
  })

  test('leaves every connection clean, however it ends', async () => {
    for (let round = 0; round < 10; round++) {
      await run(async (tx) => {
        await tx.query(sql`select 1 / 0`)
      }).catch(() => {})
      expect(await plugins()).toEqual([])
    }
  })
})

test.each(['transaction', 'sqlTransaction'] as const)(
  'what a %s has locked is free again when its process stands still, which is told that it may try again',
  async (way) => {
    const [{ idle } = {}] = await workspace.query<{ idle: string }>(
      sql`select current_setting('idle_in_transaction_session_timeout') as "idle"`,
    )
    expect(idle).toBe('10s')
    const stood = workspace[way](async (tx) => {
      await tx.query(sql`select set_config('idle_in_transaction_session_timeout', '50', true)`)
      await tx.query(put('stood still'))
      await pause(500)
      await tx.query(put('too late'))
    })
    expect(asUnavailable(await stood.catch((error: unknown) => error))).toMatchObject({ code: 'UNAVAILABLE' })
    expect(await plugins()).toEqual([])
  },
)

describe('a Prisma transaction that takes longer than its time-out', () => {
  /** Works until the time-out has ended the transaction. */
  async function outlive(tx: Db): Promise<void> {
    let code: string | undefined
    while (code !== 'TRANSACTION_OVER')
      code = await tx.query(put(uuidv7())).then(
        () => undefined,
        (error) => error.code,
      )
  }

  test('is rolled back and says so, also when its work ends well', async () => {
    await expect(workspace.transaction(outlive, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TRANSACTION_TIMED_OUT',
    })
    expect(await plugins()).toEqual([])
  })

  test('lets none of its late work through, into this workspace or the next borrower', async () => {
    const other = db.workspace(await createWorkspace())
    await expect(
      workspace.transaction(
        async (tx) => {
          await outlive(tx)
          await Promise.all(Array.from({ length: 6 }, () => other.query(sql`select 1`)))
          await tx.query(put('late'))
        },
        { timeoutMs: 20 },
      ),
    ).rejects.toMatchObject({ code: 'TRANSACTION_TIMED_OUT' })
    expect(await plugins()).toEqual([])
    expect(await other.query(sql`select 1 from "PluginSetting"`)).toEqual([])
  })

  test('says so whenever in its time the work fails for it', async () => {
    for (let timeoutMs = 1; timeoutMs <= 10; timeoutMs++) {
      const work = async (tx: Db) => {
        for (;;) await tx.query(put(uuidv7()))
      }
      await expect(workspace.transaction(work, { timeoutMs })).rejects.toMatchObject({ code: 'TRANSACTION_TIMED_OUT' })
    }
    expect(await plugins()).toEqual([])
  })

  test('leaves the reason to work that fails for another one', async () => {
    let kept: Db | undefined
    await workspace.transaction(async (tx) => {
      kept = tx
    })
    const work = async () => kept?.query(put('from another transaction'))
    await expect(workspace.transaction(work)).rejects.toMatchObject({ code: 'TRANSACTION_OVER' })
  })
})

describe('a transaction that waits too long for a connection', () => {
  test.each(['transaction', 'sqlTransaction'] as const)(
    'fails (%s), and leaves the connections to others',
    async (kind) => {
      const ours = small.db.workspace(await small.createWorkspace('ours'))
      const theirs = small.db.workspace(await small.createWorkspace('theirs'))
      const name = sql`select "name" from "Workspace"`
      await ours.sqlTransaction(async (holder) => {
        const work = async (tx: SqlDb) => tx.query(name)
        await expect(kind === 'transaction' ? theirs.transaction(work) : theirs.sqlTransaction(work)).rejects.toThrow()
        expect(await holder.query(name)).toEqual([{ name: 'ours' }])
      })
      for (let round = 0; round < 5; round++) {
        expect(await ours.transaction((tx) => tx.query(name))).toEqual([{ name: 'ours' }])
        expect(await theirs.transaction((tx) => tx.prisma.workspace.findMany({ select: { name: true } }))).toEqual([
          { name: 'theirs' },
        ])
      }
    },
  )
})

/** As an administrator would; returns when the backend is gone. */
async function killBackend(pid: number): Promise<void> {
  const owner = new pg.Client(urls.owner)
  await owner.connect()
  try {
    const { rows } = await owner.query('select pg_terminate_backend($1, 5000) as gone', [pid])
    expect(rows).toEqual([{ gone: true }])
  } finally {
    await owner.end()
  }
}
