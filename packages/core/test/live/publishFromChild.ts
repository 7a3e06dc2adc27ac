/** A server process of its own: publishes what it is told on its command line, once Redis answers, and ends. */
import { pino } from 'pino'
import { createLive } from '../../src/live/createLive.ts'
import { defineTopic } from '../../src/live/topic.ts'

const [redisUrl, workspaceId, key, ...messages] = process.argv.slice(2) as [string, string, string, ...string[]]
const live = createLive({ redisUrl, log: pino({ level: 'silent' }) })
await live.ready
for (const message of messages) live.publish(workspaceId, defineTopic<string>({ name: 'test.said' }), key, message)
await live.close()
