import { definePlugin } from '@espalier/core'
import { Ai } from './ai.ts'
import { publicEvents } from './events.ts'
import { examples } from './examples.ts'
import { endAbandonedCalls, eraseOldContent } from './jobs.ts'
import { aiLimits } from './limits.ts'
import { callTypes } from './schema/call.ts'
import { serviceTypes } from './schema/service.ts'
import { spendingTypes } from './schema/spending.ts'
import { settings } from './settings.ts'
import { words } from './words.ts'

export type { Ai } from './ai.ts'
export {
  AiBudgetExceededError,
  AiCanceledError,
  AiError,
  AiNotConfiguredError,
  AiOutcomeUnknownError,
  AiOutputInvalidError,
  AiPriceUnknownError,
  AiRefusedError,
  AiRequestRejectedError,
  AiUnavailableError,
} from './errors.ts'
export { budgetReached, budgetWarned, callsChanged } from './events.ts'
export type * from './gateway.ts'
export type { DaySpending } from './spending.ts'

export default definePlugin({
  name: 'ai',
  words,
  permissions: {
    'ai:read': { allows: 'See what models were asked, what they answered and what it cost', personal: true },
    'ai:configure': 'Set the model service, its key, budgets and prices, and settle calls whose outcome is unknown',
  },
  settings,
  // Budgets, prices and redaction are whose key and money it is.
  settingsPermission: 'ai:configure',
  setup: (host) => new Ai(host),
  examples,
  schema: [(builder, ai) => serviceTypes(builder, callTypes(builder), ai), spendingTypes],
  events: publicEvents,
  jobs: [endAbandonedCalls, eraseOldContent],
  limits: aiLimits,
})
