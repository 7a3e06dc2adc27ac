import { definePlugin } from '@espalier/core'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { createImageStore } from './images/createImageStore.ts'
import { Images } from './images/images.ts'
import { deleteImageFiles } from './images/jobs.ts'
import { imageRoutes } from './images/routes.ts'
import { Pages } from './pages.ts'
import { PublishedPages } from './publishedPages.ts'
import { imageTypes } from './schema/image.ts'
import { pageTypes } from './schema/page.ts'
import { pageRoute } from './servePage.ts'

export { pagePublished } from './events.ts'
export type { Pages } from './pages.ts'

export default definePlugin({
  name: 'landing-pages',
  requires: [tracking, experiments],
  permissions: {
    'pages:read': 'See pages, drafts included',
    'pages:write': 'Create, change, publish and archive pages',
  },
  setup: ({ use, publicUrl, resources, deriveSecret }) =>
    new Pages(publicUrl, {
      published: new PublishedPages(publicUrl),
      tracking: use(tracking),
      experiments: use(experiments),
      images: new Images(createImageStore(resources), deriveSecret('image keys')),
    }),
  schema: [pageTypes, imageTypes],
  jobs: [deleteImageFiles],
  routes: [pageRoute, ...imageRoutes],
})
