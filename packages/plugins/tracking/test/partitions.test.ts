import { sql } from '@espalier/core'
import { testDatabase } from '@espalier/core/testing'
import { expect, test } from 'vitest'

const { db } = await testDatabase()
test('x', async () => {
  console.log(await db.system.query(sql`select make_tracking_partitions('2027-06-01', 3)`))
  console.log(
    await db.system.query(
      sql`select c.relname, pg_get_expr(relpartbound, oid), relacl::text from pg_class c where relname like 'TrackingEvent%'`,
    ),
  )
})
