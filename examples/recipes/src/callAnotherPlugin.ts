import { definePlugin, when } from '@espalier/core'
import operations, { type Operations } from '@espalier/operations'
import tracking, { goalReached } from '@espalier/tracking'

/** Tells everybody in the workspace when a goal is reached for the first time: hears one plugin, calls another. */
export default definePlugin({
  name: 'first-goal',
  requires: [tracking, operations],
  setup: ({ use }) => {
    const service = use(operations)
    service.addKind({
      name: 'firstGoal',
      description: {
        en: 'A goal was reached for the first time',
        fr: 'Un objectif a été atteint pour la première fois',
      },
      mail: 'digest',
    })
    return service
  },
  on: [
    when(goalReached, async ({ payload: { goal } }, tx, service: Operations) => {
      if (goal === null) return
      // The same key is one notification, however often it is told: no table of our own, and no race.
      await service.notify(tx, {
        kind: 'firstGoal',
        key: `first-goal/${goal}`,
        severity: 'info',
        title: { en: `The first “${goal}”`, fr: `Le premier « ${goal} »` },
      })
    }),
  ],
})
