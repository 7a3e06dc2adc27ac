import { expect, test } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'

const { db, createWorkspace } = await testDatabase()

test('a workspace sees itself and no other', async () => {
  const ours = await createWorkspace('ours')
  await createWorkspace('theirs')
  expect(await db.workspace(ours).query(sql`select "id" from "Workspace"`)).toEqual([{ id: ours }])
  expect(await (db.workspace(ours).prisma as any).workspace.findMany()).toHaveLength(1)
})
