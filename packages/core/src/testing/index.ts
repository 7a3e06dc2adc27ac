export { type DatabaseUrls, emptyDatabase, type TestDatabase, testDatabase } from './database.ts'
export { type TestHost, type TestHostOptions, testHost } from './host.ts'
