import { elsewhere } from '@espalier/admin-kit'

/** What was asked of the model, and what it cost. */
export const generation = elsewhere({ plugin: 'ai', path: 'generations/$id' })

/** The whole of what a test measures: it is an experiment. */
export const experiment = elsewhere({ plugin: 'experiments', path: 'experiments/$id' })

/** What becomes of winners, and how many executions a model scores. */
export const pluginSettings = elsewhere({ plugin: 'core', path: 'settings/plugins/$name' })
