export { mailsOf, type TestMail } from './mailsOf.ts'
export { type SesEmail, type SesFault, StubSes } from './stubSes.ts'
