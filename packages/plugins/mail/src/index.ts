export type * from './mailer.ts'
