import { definePlugin } from '@espalier/core'
import { Ai } from './ai.ts'

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
export type * from './gateway.ts'

export default definePlugin({
  name: 'ai',
  permissions: {
    'ai:read': { allows: 'See what models were asked, what they answered and what it cost', personal: true },
    'ai:configure': 'Set the model service and its key, and settle calls whose outcome is unknown',
  },
  setup: () => new Ai(),
})
