import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEstate } from './walk/estate.ts'
import { permissionTable, stepsBack } from './walk/permissionTable.ts'
import { rightsOf } from './walk/rights.ts'

const estate = await openEstate()

test('who may do what is as the committed table says', async () => {
  const rights = await rightsOf(estate)
  expect(stepsBack(rights)).toEqual([])
  const ofExample = rights.filter(({ where }) => !/guestbook/i.test(where))
  await expect(permissionTable(ofExample)).toMatchFileSnapshot(
    join(import.meta.dirname, '../docs/permissions-table.md'),
  )
})
