export { type SesEmail, type SesFault, StubSes } from './stubSes.ts'
