import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

const keyed = { key: ({ experimentId }: { experimentId: string }) => experimentId }
const ofExperiment = { experimentId: z.uuid() }

export const experimentStarted = defineEvent({
  name: 'experiments.started',
  payload: z.object(ofExperiment),
  ...keyed,
})

export const experimentPaused = defineEvent({
  name: 'experiments.paused',
  payload: z.object(ofExperiment),
  ...keyed,
})

/** It runs again, after a pause or because its winner was taken back. */
export const experimentResumed = defineEvent({
  name: 'experiments.resumed',
  payload: z.object(ofExperiment),
  ...keyed,
})

export const experimentCompleted = defineEvent({
  name: 'experiments.completed',
  payload: z.object({ ...ofExperiment, winner: z.string().nullable() }),
  ...keyed,
})

/** Something about the assignment changed, so a new phase began. */
export const phaseBegan = defineEvent({
  name: 'experiments.phase-began',
  payload: z.object({ ...ofExperiment, phase: z.int(), reason: z.string() }),
  ...keyed,
})

/** By a person or by a bandit. */
export const weightsChanged = defineEvent({
  name: 'experiments.weights-changed',
  payload: z.object({
    ...ofExperiment,
    phase: z.int(),
    /** Variant key → share of the subjects. */
    weights: z.record(z.string(), z.number()),
  }),
  ...keyed,
})

export const verdictReached = defineEvent({
  name: 'experiments.verdict-reached',
  payload: z.object({
    ...ofExperiment,
    phase: z.int(),
    state: z.enum(['winner', 'loser', 'inconclusive']),
    /** Key of the variant to choose; null when inconclusive. */
    variant: z.string().nullable(),
  }),
  ...keyed,
})

/** Something about an experiment's results changed: read them again. Key: the experiment's id. */
export const resultsChanged = defineTopic<{ experimentId: string }>({
  name: 'experiments.results',
  coalesce: (_, later) => later,
  afterGap: (experimentId) => ({ experimentId }),
})
