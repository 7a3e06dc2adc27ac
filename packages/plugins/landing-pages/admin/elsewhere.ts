import { elsewhere } from '@espalier/admin-kit'

/** Where visitors and conversions are counted: a page is one of the paths that traffic splits into. */
export const traffic = elsewhere({
  plugin: 'tracking',
  path: 'traffic',
  search: { preset: '28d', metric: 'visitors', by: 'PATH', find: '/pears' },
})

/** What was asked of a model, and what it cost. */
export const generation = elsewhere({ plugin: 'ai', path: 'generations/$id' })

/** Everything that was asked of models for a purpose. */
export const generations = elsewhere({
  plugin: 'ai',
  path: 'generations',
  search: { filter: { purpose: ['landing-pages.write-variant'] } },
})
