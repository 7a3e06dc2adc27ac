import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { improving } from './improving.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, landingPages], { clock: time })
const { page, improve, visitors, turn } = improving(served, await served.signIn())

/** What a page's traffic is told as, after days with so many visitors each. */
async function toldAfter(perDay: readonly number[], today = 0) {
  const { id } = await page()
  const { loop } = await improve(id, 'AUTOMATIC', { minDetectableLift: 2, horizonDays: 180, maxArms: 2 })
  const experimentId = loop.experiment?.id as string
  for (const many of perDay) {
    if (many > 0) await visitors(experimentId, many, () => 0.2)
    time.advance(86_400_000)
  }
  if (today > 0) await visitors(experimentId, today, () => 0.2)
  const { steps } = await turn(id, 'GENERATION')
  return steps[0]?.evidence.visitorsPerDay as number
}

/** What is not held back of it, give or take what chance does. */
const about = (many: number) => [0.9 * many, many] as const

test('the traffic of a page is that of its latest seven whole days, not of its whole life', async () => {
  const [least, most] = about(40)
  const told = await toldAfter([...Array<number>(10).fill(400), ...Array<number>(7).fill(40)], 300)
  expect(told).toBeGreaterThan(least)
  expect(told).toBeLessThan(most)
})

test('and of those that it has had, while they are fewer', async () => {
  const [least, most] = about(100)
  const told = await toldAfter([200, 0])
  expect(told).toBeGreaterThan(least)
  expect(told).toBeLessThan(most)
  expect(await toldAfter([], 200)).toBeGreaterThan(about(200)[0])
})
