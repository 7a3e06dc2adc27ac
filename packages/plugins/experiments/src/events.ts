import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

export const experimentStarted = defineEvent({
  name: 'experiments.started',
  payload: z.object({ experimentId: z.uuid() }),
  key: ({ experimentId }) => experimentId,
})

export const experimentCompleted = defineEvent({
  name: 'experiments.completed',
  payload: z.object({ experimentId: z.uuid(), winner: z.string().nullable() }),
  key: ({ experimentId }) => experimentId,
})

/** Something about an experiment's results changed: read them again. Key: the experiment's id. */
export const resultsChanged = defineTopic<{ experimentId: string }>({
  name: 'experiments.results',
  coalesce: (_, later) => later,
  afterGap: (experimentId) => ({ experimentId }),
})
