import { defineEvent, definePlugin } from '@espalier/core'
import { z } from 'zod'

/** A plugin with public events: beds of one key have an order, weather has none and comes all the time. */
export const watered = defineEvent({
  name: 'garden.watered',
  payload: z.object({ bedId: z.uuid(), litres: z.int(), gardener: z.string() }),
  key: ({ bedId }) => bedId,
  public: {
    description: { en: 'A bed was watered.', fr: 'Une planche a été arrosée.' },
    ids: { bedId: 'Bed' },
    internal: ['gardener'],
    example: { bedId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8', litres: 2, gardener: 'Ada' },
  },
})

export const rained = defineEvent({
  name: 'garden.rained',
  payload: z.object({ drop: z.int() }),
  public: { description: { en: 'It rained.', fr: 'Il a plu.' }, example: { drop: 1 }, frequent: true },
})

export default definePlugin({ name: 'garden', events: [watered, rained] })
