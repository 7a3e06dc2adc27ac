// Checked by the compiler alone: what must not compile, and what the doors promise.
import { expectTypeOf } from 'vitest'
import type { Database, Db, SqlDb } from '../../src/data/database.ts'
import { prepared, sql } from '../../src/data/sql.ts'

export async function promises(database: Database, db: Db) {
  // The installation's models, without the kernel importing them.
  expectTypeOf(await db.prisma.member.findMany())
    .items.toHaveProperty('role')
    .toEqualTypeOf<string>()
  expectTypeOf(await db.prisma.user.findFirst({ select: { email: true } })).toEqualTypeOf<{ email: string } | null>()
  expectTypeOf(await db.prisma.$queryRaw<{ one: number }[]>`select 1 as one`).toEqualTypeOf<{ one: number }[]>()
  expectTypeOf(await db.query<{ one: number }>(sql`select 1 as one`)).toEqualTypeOf<{ one: number }[]>()
  expectTypeOf(await db.transaction(async (tx) => tx.prisma.member.count())).toEqualTypeOf<number>()
  // A transaction is good for whatever takes a door.
  await db.transaction(async (tx) => expectTypeOf(tx).toExtend<Db>())
  await db.sqlTransaction(async (tx) => expectTypeOf(tx).toEqualTypeOf<SqlDb>())

  // @ts-expect-error: would leave the workspace
  db.prisma.$transaction
  // @ts-expect-error: would leave the workspace
  db.prisma.$extends
  // @ts-expect-error: SQL from strings
  db.prisma.$queryRawUnsafe
  // @ts-expect-error: SQL from strings
  db.query('select 1')
  // @ts-expect-error: the data plane does not start Prisma
  await db.sqlTransaction(async (tx) => tx.prisma)
  // @ts-expect-error: no such model
  db.prisma.nothing
  // @ts-expect-error: a workspace has to be named
  database.workspace()
  // @ts-expect-error: the system door has no models
  database.system.prisma
  // @ts-expect-error: a prepared statement is called with its values first
  await db.query(prepared('one', 'select 1'))
}
