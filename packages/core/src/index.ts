export type { AuditChange } from './access/audit.ts'
export { HmacSha256 } from './access/hmac.ts'
export { SecretError } from './access/keyRing.ts'
export { may, type Principal, type Role } from './access/principal.ts'
export type { Secrets } from './access/secrets.ts'
export { type Awaitable, onceKnown } from './awaitable.ts'
export { BatchedCounts } from './batchedCounts.ts'
export type { Cache, CacheOptions } from './cache/cache.ts'
export { checkInput } from './checkInput.ts'
export { type Clock, systemClock } from './clock.ts'
export type { SqlContext, SystemContext, WorkspaceContext } from './context.ts'
export type { Db, SqlDb, SystemDb } from './data/database.ts'
export type { Register } from './data/prismaTypes.ts'
export { prepared, type Statement, sql } from './data/sql.ts'
export {
  ConflictError,
  ForbiddenError,
  type InputIssue,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  StartError,
  UnauthenticatedError,
} from './errors.ts'
export {
  defineEvent,
  type EventDefinition,
  type EventHandler,
  type PublishedEvent,
  when,
} from './events/defineEvent.ts'
export type { PluginCounter } from './http/collectors.ts'
export { isPublic, PrivateAddressError, publicRequest, whyUnreachable } from './http/publicRequest.ts'
export {
  byteString,
  del,
  get,
  getPlain,
  type PlainPost,
  type PlainRequest,
  type PlainResponse,
  patch,
  post,
  postPlain,
  put,
  type Route,
  type RouteContext,
} from './http/route.ts'
export { defineJob, defineSystemJob, type JobDefinition, type JobRun } from './jobs/defineJob.ts'
export { jobFailed } from './jobs/jobFailed.ts'
export { follow } from './live/follow.ts'
export { defineTopic, type Live, type LiveMessage, type LiveSubscription, type TopicDefinition } from './live/topic.ts'
export { type AnyPlugin, definePlugin, type Plugin, type PluginHost, type Resources } from './plugin/definePlugin.ts'
export { type Random, seededRandom, systemRandom } from './random.ts'
export type { Permission } from './schema/authorization.ts'
export type { Builder, BuilderTypes, GraphQLContext, RequestFacts, SubGraph } from './schema/builder.ts'
export { containing, filterBy } from './schema/lists/filters.ts'
export { type PrismaList, prismaList } from './schema/lists/prismaList.ts'
export { type SqlList, type SqlPage, sqlList } from './schema/lists/sqlList.ts'
export type { Money } from './schema/money.ts'
export { type WorkspaceNodeRef, workspaceNode } from './schema/nodes.ts'
export { withoutNulls } from './schema/nulls.ts'
export { adminOnly, both } from './schema/subGraphs.ts'
export { wordEnum } from './schema/wordEnum.ts'
export { asUnavailable, UnavailableError } from './unavailable.ts'
