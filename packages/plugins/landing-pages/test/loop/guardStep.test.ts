import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { uuidOf } from '../browsers.ts'
import { improving } from './improving.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, landingPages], { clock: time })
const client = await served.signIn()
const { page, improve, visitors, turn, say, context } = improving(served, client)
const service = served.kernel.service(experiments)
const day = 86_400_000

// Some weeks of visitors, one after the other.
test('taste turns: the original keeps more of the traffic at once, also where people approve, and less again', async () => {
  const { id } = await page()
  const { loop } = await improve(id, 'APPROVE')
  const experimentId = loop.experiment?.id as string
  const floor = async () => (await service.get(context(), uuidOf(experimentId))).variants[0]?.floor
  const come = async (days: number, rateOf: (key: string) => number) => {
    for (let passed = 0; passed < days; passed++) {
      await visitors(experimentId, 40, rateOf)
      time.advance(day)
    }
  }
  const brakes = async () => (await turn(id, 'ANALYSIS')).steps.filter(({ kind }) => kind === 'brake')

  await come(15, (key) => (key === 'bold' ? 0.3 : 0.15))
  expect(await brakes()).toEqual([])
  expect(await floor()).toBe(0.05)

  await come(12, (key) => (key === 'bold' ? 0.02 : 0.5))
  const [raised] = await brakes()
  expect(raised).toMatchObject({
    status: 'done',
    variantKey: 'control',
    canBeUndone: false,
    summary: expect.stringMatching(
      /^The original keeps [1-8]\d\.0% of the traffic at least, instead of 5\.0%: it did better lately/,
    ),
    evidence: { guard: true, usual: 0.05, from: 0.05, chanceOriginalIsBetter: expect.any(Number) },
  })
  expect(await floor()).toBe(raised?.evidence.to)
  // Those held back are counted beside the original's own; nobody twice.
  const [today] = raised?.evidence.days ?? []
  expect(raised?.evidence.days).toHaveLength(27)
  expect(today.original.visitors + today.others.visitors).toBe(40)
  await expect(say('undoLoopStep', raised?.id as string)).rejects.toThrow('nothing to undo')

  // The bandit heeds it with its next update.
  const updated = await service.bandits.updateNow(context(), uuidOf(experimentId))
  const sum = updated.variants.reduce((total, { weight }) => total + weight, 0)
  expect((updated.variants[0]?.weight ?? 0) / sum).toBeGreaterThanOrEqual(raised?.evidence.to)

  await come(14, (key) => (key === 'bold' ? 0.6 : 0.05))
  const [lowered] = await brakes()
  expect(lowered).toMatchObject({ evidence: { from: raised?.evidence.to, to: 0.05 } })
  expect(lowered?.summary).toContain('instead of')
  expect(await floor()).toBe(0.05)
  expect(await brakes()).toEqual([])
}, 180_000)
