import { definePlugin, when } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { expect, test } from 'vitest'
import experiments, {
  experimentCompleted,
  experimentPaused,
  experimentResumed,
  experimentStarted,
  phaseBegan,
  weightsChanged,
} from '../../src/index.ts'
import { experimentDoor } from './experimentDoor.ts'

const heard: object[] = []
const listener = definePlugin({
  name: 'listener',
  requires: [experiments],
  on: [experimentStarted, experimentPaused, experimentResumed, experimentCompleted, phaseBegan, weightsChanged].map(
    (event) =>
      when(event as typeof experimentStarted, async ({ payload }) => {
        heard.push({ name: event.name, ...payload })
      }),
  ),
})
const { signIn } = await servedKernel([tracking, experiments, listener])

test('other plugins hear what becomes of an experiment', async () => {
  const { create, act, uuid } = experimentDoor(await signIn())
  const id = (await create({})).data?.id as string
  await act('startExperiment', { id })
  await act('pauseExperiment', { id })
  await act('resumeExperiment', { id })
  await act('changeRunningExperiment', { id, input: { weights: [{ variant: 'bold', weight: 3 }] } })
  await act('forceWinner', { id, variant: 'bold', why: 'It is bold.' })
  const experimentId = uuid(id)
  const expected = [
    { name: 'experiments.started', experimentId },
    { name: 'experiments.phase-began', experimentId, phase: 1, reason: 'started' },
    { name: 'experiments.paused', experimentId },
    { name: 'experiments.resumed', experimentId },
    { name: 'experiments.phase-began', experimentId, phase: 2, reason: 'resumed' },
    { name: 'experiments.phase-began', experimentId, phase: 3, reason: 'weights' },
    { name: 'experiments.weights-changed', experimentId, phase: 3, weights: { control: 0.25, bold: 0.75 } },
    { name: 'experiments.completed', experimentId, winner: 'bold' },
  ]
  await expect.poll(() => heard.length).toBe(expected.length)
  expect(heard).toEqual(expect.arrayContaining(expected))
})
