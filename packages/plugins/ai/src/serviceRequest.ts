import type { ModelMessage } from './gateway.ts'
import type { Usage } from './prices.ts'
import type { OutputFormat } from './structuredOutput.ts'

/** One request, as the wire formats are made from it. */
export interface ServiceRequest {
  readonly endpoint: 'chat' | 'responses'
  readonly model: string
  readonly messages: readonly ModelMessage[]
  readonly parameters: ServiceParameters
  readonly format: OutputFormat | undefined
  /** Of the row in the ledger: what a stored answer is found by. */
  readonly callId: string
  /** Unique for each request that is made: services that know the header answer a repetition from memory. */
  readonly idempotencyKey: string
  /** Whether the service keeps the answer. */
  readonly store: boolean
  /** Hears of text as it comes: the answer is streamed then. */
  readonly onText: ((piece: string) => void) | undefined
}

export interface ServiceParameters {
  readonly maxOutputTokens: number
  readonly temperature?: number
  readonly topP?: number
  readonly seed?: number
}

/** What came back. */
export interface ServiceAnswer {
  readonly text: string
  /** Why the model will not answer. */
  readonly refusal: string | null
  /** It came to maxOutputTokens before it had ended. */
  readonly cutOff: boolean
  /** Undefined where the service does not say. */
  readonly usage: Usage | undefined
  /** As the service names the model that answered: often a dated edition. */
  readonly model: string
  readonly providerId: string | null
}

/** What a service calls an answer, where the ledger can keep it. */
export function idFrom(id: unknown): string | null {
  return typeof id === 'string' && id !== '' ? id.replaceAll('\0', '').toWellFormed().slice(0, 200) : null
}
