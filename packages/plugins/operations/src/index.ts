import { operationsPlugin } from './plugin.ts'

export type * from './notifier.ts'

export default operationsPlugin()
