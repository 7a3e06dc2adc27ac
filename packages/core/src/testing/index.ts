export { type DatabaseUrls, emptyDatabase, type TestDatabase, testDatabase } from './database.ts'
