import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

const keyed = { key: ({ experimentId }: { experimentId: string }) => experimentId }
const ofExperiment = { experimentId: z.uuid().describe('The experiment.') }
const known = { ids: { experimentId: 'Experiment' } }
const example = { experimentId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8' }

export const experimentStarted = defineEvent({
  name: 'experiments.started',
  payload: z.object(ofExperiment),
  ...keyed,
  public: {
    ...known,
    description: {
      en: 'An experiment began: from now on it assigns variants.',
      fr: 'Une expérience a commencé : elle attribue désormais des variantes.',
    },
    example: { ...example },
  },
})

export const experimentPaused = defineEvent({
  name: 'experiments.paused',
  payload: z.object(ofExperiment),
  ...keyed,
  public: {
    ...known,
    description: {
      en: 'An experiment was paused: nobody new gets a variant of it.',
      fr: 'Une expérience est en pause : plus personne n’y entre.',
    },
    example: { ...example },
  },
})

/** It runs again, after a pause or because its winner was taken back. */
export const experimentResumed = defineEvent({
  name: 'experiments.resumed',
  payload: z.object(ofExperiment),
  ...keyed,
  public: {
    ...known,
    description: {
      en: 'An experiment runs again, after a pause or because its winner was taken back.',
      fr: 'Une expérience reprend, après une pause ou parce que son gagnant a été retiré.',
    },
    example: { ...example },
  },
})

export const experimentCompleted = defineEvent({
  name: 'experiments.completed',
  payload: z.object({
    ...ofExperiment,
    winner: z.string().nullable().describe('Key of the variant that everyone gets; null where there is none.'),
  }),
  ...keyed,
  public: {
    ...known,
    description: {
      en: 'An experiment has ended, with a winner or without.',
      fr: 'Une expérience est terminée, avec ou sans gagnant.',
    },
    example: { ...example, winner: 'b' },
  },
})

/** Something about the assignment changed, so a new phase began. */
export const phaseBegan = defineEvent({
  name: 'experiments.phase-began',
  payload: z.object({
    ...ofExperiment,
    phase: z.int().describe('Number of the phase, from 1.'),
    reason: z.string().describe('Why, in a word.'),
  }),
  ...keyed,
  public: {
    ...known,
    description: {
      en: 'Something about who gets which variant changed: results are counted anew.',
      fr: 'L’attribution des variantes a changé : les résultats repartent de zéro.',
    },
    example: { ...example, phase: 2, reason: 'coverage' },
  },
})

/** By a person or by a bandit. */
export const weightsChanged = defineEvent({
  name: 'experiments.weights-changed',
  payload: z.object({
    ...ofExperiment,
    phase: z.int().describe('Number of the phase, from 1.'),
    weights: z.record(z.string(), z.number()).describe('Variant key → share of the subjects.'),
  }),
  ...keyed,
  public: {
    ...known,
    description: {
      en: 'The shares of variants changed, by a person or by a bandit.',
      fr: 'Les parts des variantes ont changé, par une personne ou par un bandit.',
    },
    example: { ...example, phase: 1, weights: { control: 0.3, b: 0.7 } },
  },
})

export const verdictReached = defineEvent({
  name: 'experiments.verdict-reached',
  payload: z.object({
    ...ofExperiment,
    phase: z.int().describe('Number of the phase, from 1.'),
    state: z.enum(['winner', 'loser', 'inconclusive']).describe('A loser: nothing beats the control.'),
    variant: z.string().nullable().describe('Key of the variant to choose; null when inconclusive.'),
  }),
  ...keyed,
  public: {
    ...known,
    description: {
      en: 'An experiment came to a verdict; nothing is changed by it.',
      fr: 'Une expérience a donné un verdict ; rien n’est changé pour autant.',
    },
    example: { ...example, phase: 1, state: 'winner' as const, variant: 'b' },
  },
})

/** Something about an experiment's results changed: read them again. Key: the experiment's id. */
export const resultsChanged = defineTopic<{ experimentId: string }>({
  name: 'experiments.results',
  coalesce: (_, later) => later,
  afterGap: (experimentId) => ({ experimentId }),
})

/** What of it others may hear. */
export const publicEvents = [
  experimentStarted,
  experimentPaused,
  experimentResumed,
  experimentCompleted,
  phaseBegan,
  weightsChanged,
  verdictReached,
]
