import { expect, test } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import type { Builder } from '../../src/schema/builder.ts'
import { servedKernel } from '../../src/testing/index.ts'

/** Fields that ask the database for more than it may give. */
function slowTypes(builder: Builder): void {
  builder.queryField('slowSql', (t) =>
    t.boolean({
      description: 'Sleeps.',
      authScopes: { member: true },
      resolve: async (_root, _args, ctx) => {
        await ctx.sqlTransaction(async ({ db }) => {
          await db.query(sql`set local statement_timeout = 50`)
          await db.query(sql`select pg_sleep(60)`)
        })
        return true
      },
    }),
  )
  builder.queryField('slowPrisma', (t) =>
    t.boolean({
      description: 'Waits for a row that somebody else holds.',
      authScopes: { member: true },
      resolve: async (_root, _args, ctx) => {
        const id = ctx.workspaceId
        await ctx.sqlTransaction(async (holder) => {
          await holder.db.query(sql`select from "Workspace" where "id" = ${id} for update`)
          await ctx.transaction(async ({ db }) => {
            await db.query(sql`set local statement_timeout = 50`)
            await db.prisma.workspace.updateMany({ where: { id }, data: { name: 'Late' } })
          })
        })
        return true
      },
    }),
  )
}

const { signIn } = await servedKernel([definePlugin({ name: 'slow', schema: [slowTypes] })])
const { answer } = await signIn({ role: 'owner' })

test.each(['slowSql', 'slowPrisma'])('what takes the database too long is told as such: %s', async (field) => {
  const { errors } = await answer(`{ ${field} }`)
  expect(errors).toMatchObject([
    { message: expect.stringContaining('Ask for less: fewer days'), extensions: { code: 'TOO_SLOW' } },
  ])
})
