export type { AuditChange } from './access/audit.ts'
export { may, type Principal, type Role } from './access/principal.ts'
export type { Cache, CacheOptions } from './cache/cache.ts'
export { type Clock, systemClock } from './clock.ts'
export type { SqlContext, SystemContext, WorkspaceContext } from './context.ts'
export type { Db, SqlDb, SystemDb } from './data/database.ts'
export type { Register } from './data/prismaTypes.ts'
export { prepared, type Statement, sql } from './data/sql.ts'
export {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  type InputIssue,
  NotFoundError,
  RateLimitedError,
  StartError,
  UnauthenticatedError,
} from './errors.ts'
export { defineEvent, type EventDefinition, type EventHandler, type PublishedEvent, when } from './events/defineEvent.ts'
export { del, get, patch, post, put, type Route, type RouteContext } from './http/route.ts'
export { defineJob, defineSystemJob, type JobDefinition, type JobRun } from './jobs/defineJob.ts'
export { defineTopic, type Live, type LiveMessage, type TopicDefinition } from './live/topic.ts'
export { type AnyPlugin, definePlugin, type Plugin, type PluginHost } from './plugin/definePlugin.ts'
export { type Random, seededRandom, systemRandom } from './random.ts'
export type { Builder, GraphQLContext } from './schema/builder.ts'
