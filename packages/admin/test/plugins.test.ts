import { contributionsOf } from '@espalier/admin-kit'
import { expect, test } from 'vitest'
import { everything } from '../src/plugins.ts'

test('no two plugins of the product claim the same, and every link from one to another leads to a page', () => {
  expect(contributionsOf(everything, () => true).faults).toEqual([])
})
