export { type DatabaseUrls, emptyDatabase, type TestDatabase, testDatabase } from './database.ts'
export { type TestHost, type TestHostOptions, testHost } from './host.ts'
export { ManualTime } from './manualTime.ts'
export { hasRedis, TestRedis } from './redis.ts'
