export {
  type Client,
  type ClientOptions,
  createClient,
  type MutationOptions,
  type OperationOptions,
} from './createClient.ts'
export type { TypedDocument, VariablesOf } from './document.ts'
export { type ErrorFacts, EspalierError, type EspalierErrorCode, type InputIssue } from './errors.ts'
export type { Evaluation, EvaluationOptions, Subject } from './evaluate.ts'
export type { RetryOptions } from './retry.ts'
export type { SubscriptionOptions } from './subscribe.ts'
export type { TrackedEvents, TrackOptions, TrackResult } from './track.ts'
export { type SuccessData, unwrap } from './unwrap.ts'
export { visitorOf } from './visitorOf.ts'
