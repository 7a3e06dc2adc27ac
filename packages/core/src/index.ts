export type { AuditChange } from './access/audit.ts'
export type { AuditMask } from './access/auditMasks.ts'
export { HmacSha256 } from './access/hmac.ts'
export { type KeyRing, type SealedSecret, SecretError, type SecretPlace } from './access/keyRing.ts'
export type { PermissionDeclaration } from './access/permissions.ts'
export {
  type ApiKeyPrincipal,
  may,
  type Principal,
  type Role,
  roles,
  type SystemPrincipal,
  type UserPrincipal,
} from './access/principal.ts'
export type { Secrets } from './access/secrets.ts'
export { TokenSigner } from './access/signedToken.ts'
export { type Awaitable, onceKnown } from './awaitable.ts'
export { BatchedCounts, type BatchedCountsOptions } from './batchedCounts.ts'
export type { Cache, CacheOptions } from './cache/cache.ts'
export { checkInput } from './checkInput.ts'
export { type Clock, systemClock } from './clock.ts'
export type { SqlContext, SystemContext, WorkspaceContext } from './context.ts'
export {
  type AnyColumn,
  type ArrayColumn,
  type ArrayElement,
  type ArrayElements,
  binaryArray,
  columnArray,
} from './data/binaryArray.ts'
export type { Db, SqlDb, SystemDb } from './data/database.ts'
export type { AnyPrismaClient, PrismaClient, PrismaTypes, Register, WorkspacePrisma } from './data/prismaTypes.ts'
export { prepared, type Statement, sql } from './data/sql.ts'
export type { TransactionOptions } from './data/workspaceDb.ts'
export {
  ConflictError,
  ForbiddenError,
  type InputIssue,
  InvalidInputError,
  type LastSave,
  NotFoundError,
  RateLimitedError,
  RequestError,
  StartError,
  UnauthenticatedError,
} from './errors.ts'
export {
  defineEvent,
  type EventDefinition,
  type EventHandler,
  type HandlerOptions,
  type PublicListener,
  type PublishedEvent,
  type ToldEvent,
  when,
  whenPublic,
} from './events/defineEvent.ts'
export type { PublicEvent, PublicEventOptions } from './events/publicEvents.ts'
export { byteOrderMark, type Cell, csvLines, type Delimiter } from './exports/csv.ts'
export { csvDownload } from './exports/csvDownload.ts'
export { csvDelimiter } from './exports/delimiterType.ts'
export { type ExportClaim, ExportLinks } from './exports/exportLinks.ts'
export type { HealthCheck, HealthFigure, HealthReading, HealthState, HealthUnit } from './health/reading.ts'
export type { PluginCounter } from './http/collectors.ts'
export {
  isPublic,
  leadsInside,
  PrivateAddressError,
  type PublicAnswer,
  type PublicRequest,
  publicRequest,
  type ResolveName,
  whyUnreachable,
  withinNetworks,
} from './http/publicRequest.ts'
export {
  byteString,
  del,
  get,
  getPlain,
  type Method,
  type PlainHandler,
  type PlainPost,
  type PlainRequest,
  type PlainResponse,
  patch,
  post,
  postPlain,
  put,
  type RateLimit,
  type Route,
  type RouteContext,
  type RouteHandler,
  type RouteMaker,
  type RouteOptions,
} from './http/route.ts'
export type { IdempotencyClaim, IdempotentRequest } from './idempotency/idempotencyClaim.ts'
export type { ChangedResource, IdempotencyCode, IdempotencyError } from './idempotency/idempotencyError.ts'
export {
  defineJob,
  defineSystemJob,
  type EnqueueOptions,
  type JobDefinition,
  type JobOptions,
  type JobRun,
  type JobSchedule,
} from './jobs/defineJob.ts'
export { jobFailed } from './jobs/jobFailed.ts'
export type { LimitDefinition, LimitOrigin, LimitPeriod, LimitReading, LimitUnit } from './limits/limit.ts'
export { announceChange } from './live/changes.ts'
export { follow } from './live/follow.ts'
export { defineTopic, type Live, type LiveMessage, type LiveSubscription, type TopicDefinition } from './live/topic.ts'
export {
  type AnyPlugin,
  definePlugin,
  type Plugin,
  type PluginDefinition,
  type PluginHealthCheck,
  type PluginHost,
  type PluginLimit,
  type Resources,
  type ServiceOf,
} from './plugin/definePlugin.ts'
export type { DatabaseAtAnInstant, KeptElsewhere, KeptPiece, Restoration } from './plugin/keptElsewhere.ts'
export type { PluginWords, SettingWords } from './plugin/pluginWords.ts'
export { type Random, seededRandom, systemRandom } from './random.ts'
export { type Edited, refuseSavedMeanwhile } from './savedMeanwhile.ts'
export { type Permission, refuseWithout, type Scopes } from './schema/authorization.ts'
export type {
  Builder,
  BuilderTypes,
  GraphQLContext,
  KernelSchemaTypes,
  RequestFacts,
  SubGraph,
} from './schema/builder.ts'
export { deprecated } from './schema/deprecation.ts'
export type { Exchange, Requester, RequestUser } from './schema/graphqlContext.ts'
export type { Connection, PageInfo } from './schema/lists/connection.ts'
export type { SortKind } from './schema/lists/cursor.ts'
export {
  type CustomFilter,
  containing,
  type FilterKind,
  type Filters,
  filterBy,
  searchIn,
  wordsOf,
} from './schema/lists/filters.ts'
export type { ArgumentsOf, FieldBuilder, ListArguments, ListFieldOptions } from './schema/lists/listField.ts'
export type { ListTypes } from './schema/lists/listTypes.ts'
export type { Direction, Order, Page, PageArguments, Position } from './schema/lists/page.ts'
export { type PrismaList, type PrismaListOptions, prismaList, type Where } from './schema/lists/prismaList.ts'
export { type SqlList, type SqlListOptions, type SqlPage, type SqlSort, sqlList } from './schema/lists/sqlList.ts'
export type { Money } from './schema/money.ts'
export {
  type Model,
  type ModelName,
  type Models,
  type Row,
  type WorkspaceNodeOptions,
  type WorkspaceNodeRef,
  workspaceNode,
} from './schema/nodes.ts'
export { withoutNulls } from './schema/nulls.ts'
export { type RowsElsewhere, readElsewhere } from './schema/rowsElsewhere.ts'
export type { Scalars } from './schema/scalars.ts'
export type { ApiExample } from './schema/serve/apiExamples.ts'
export type { SchemaName } from './schema/serve/observation.ts'
export { adminOnly, both } from './schema/subGraphs.ts'
export { wordEnum } from './schema/wordEnum.ts'
export { issueTold, issueWords, type SchemaIssue, said } from './schemaWords.ts'
export { isTimeZone } from './timeZone.ts'
export { asIs, joined, plural, type Told, told } from './told.ts'
export { asUnavailable, UnavailableError } from './unavailable.ts'
export { isUuid } from './uuid.ts'
export { kernelVersion } from './version.ts'
