import { definePlugin } from '@espalier/core'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { Catalog } from './blocks/catalog.ts'
import { createImageStore } from './images/createImageStore.ts'
import { Images } from './images/images.ts'
import { deleteImageFiles } from './images/jobs.ts'
import { imageRoutes } from './images/routes.ts'
import { Pages } from './pages.ts'
import { PublishedPages } from './publishedPages.ts'
import { imageTypes } from './schema/image.ts'
import { pageTypes } from './schema/page.ts'
import { pageRoute } from './servePage.ts'

export { html } from 'hono/html'
export {
  anchor,
  type Block,
  defineBlock,
  eventName,
  link,
  listOf,
  type Markup,
  shortText,
  someOf,
  text,
} from './blocks/block.ts'
export { type Image, image } from './blocks/image.ts'
export type { Rendering } from './blocks/rendering.ts'
export type { PageContent } from './content.ts'
export { formSubmitted, pagePublished } from './events.ts'
export type { Pages } from './pages.ts'

export default definePlugin({
  name: 'landing-pages',
  requires: [tracking, experiments],
  permissions: {
    'pages:read': 'See pages, drafts included',
    'pages:write': 'Create, change, publish and archive pages',
  },
  setup: ({ use, publicUrl, live, resources, deriveSecret }) => {
    const catalog = new Catalog()
    return new Pages(publicUrl, {
      catalog,
      published: new PublishedPages({ publicUrl, catalog, live }),
      tracking: use(tracking),
      experiments: use(experiments),
      images: new Images(createImageStore(resources), deriveSecret('image keys')),
    })
  },
  schema: [pageTypes, imageTypes],
  jobs: [deleteImageFiles],
  routes: [pageRoute, ...imageRoutes],
  start: ({ catalog }) => catalog.close(),
  stop: ({ published }) => published.close(),
})
