import ai from '@espalier/ai'
import { definePlugin, TokenSigner } from '@espalier/core'
import experiments from '@espalier/experiments'
import prompts from '@espalier/prompts'
import tracking from '@espalier/tracking'
import { Catalog } from './blocks/catalog.ts'
import { pageEvents } from './events.ts'
import { examples } from './examples.ts'
import { exportRoute } from './forms/exportRoute.ts'
import { formAddressRoute, formRoute } from './forms/formRoute.ts'
import { formToken } from './forms/formToken.ts'
import { eraseOldSubmissions } from './forms/retention.ts'
import { SubmissionExport } from './forms/submissionExport.ts'
import { Submissions } from './forms/submissions.ts'
import { createImageStore } from './images/createImageStore.ts'
import { imageIdsIn, imageRenderer } from './images/imageRenderer.ts'
import { Images } from './images/images.ts'
import { deleteImageFiles } from './images/jobs.ts'
import { KeptImages } from './images/keptImages.ts'
import { imageRoutes } from './images/routes.ts'
import { pageLimits } from './limits.ts'
import { countArmVitals } from './loop/analysis/armVitals.ts'
import { loopEvents } from './loop/events.ts'
import { writeVariantPrompt } from './loop/generation/prompt.ts'
import { analyzePages, generateVariants, improvePages, resumeLoops } from './loop/jobs.ts'
import { Pages } from './pages.ts'
import { previewRoute } from './previews/previewRoute.ts'
import { Previews } from './previews/previews.ts'
import { proposalRoute } from './previews/proposalRoute.ts'
import { Proposals } from './previews/proposals.ts'
import { PublishedPages } from './publishedPages.ts'
import { AccessibilityReports } from './quality/accessibilityReports.ts'
import { checkAccessibility } from './quality/jobs.ts'
import { HttpLinkProbe } from './quality/linkProbe.ts'
import { QualityChecks } from './quality/pageQuality.ts'
import { RememberedVariants } from './rememberedVariants.ts'
import { advanceRollouts } from './rollout/jobs.ts'
import { countRolloutVisitors } from './rollout/rolloutVisitors.ts'
import { countRolloutVitals } from './rollout/vitals.ts'
import { blockTypes } from './schema/block.ts'
import { imageTypes } from './schema/image.ts'
import { pageTypes } from './schema/page.ts'
import { renderedBlockTypes } from './schema/renderedBlock.ts'
import { starterTypes } from './schema/starter.ts'
import { pageRoute } from './servePage.ts'
import { settings } from './settings.ts'
import { words } from './words.ts'

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
export { described, type FieldWords, named } from './blocks/fieldWords.ts'
export { type Image, image } from './blocks/image.ts'
export type { Rendering } from './blocks/rendering.ts'
export type { PageContent } from './content.ts'
export { formSubmitted, pagePublished } from './events.ts'
export {
  approvalNeeded,
  candidateRefused,
  conversionRecord,
  loopProblem,
  variantIntroduced,
  variantRetired,
} from './loop/events.ts'
export type { Pages } from './pages.ts'
export { siteName } from './servePage.ts'
export { starterContent, starters } from './starters/starters.ts'

export default definePlugin({
  name: 'landing-pages',
  words,
  requires: [tracking, experiments],
  // With them a model writes new versions of pages that improve themselves; without, they are recombined.
  optional: [ai, prompts],
  permissions: {
    'pages:read': 'See pages, drafts included',
    'pages:write': 'Create, change, publish and archive pages',
    'submissions:read': { allows: 'Read what visitors send with forms', personal: true },
    'submissions:write': 'Mark and delete what visitors send with forms',
  },
  settings,
  setup: ({ use, find, publicUrl, live, resources, deriveSecret, settings }) => {
    const catalog = new Catalog()
    const images = new Images(createImageStore(resources), deriveSecret('image keys'))
    use(tracking).onEvents('landing-pages', countRolloutVisitors)
    use(tracking).onEvents('landing-pages', countRolloutVitals)
    use(tracking).onEvents('landing-pages', countArmVitals)
    const [models, runner] = [find(ai), find(prompts)]
    runner?.define(writeVariantPrompt)
    return new Pages(publicUrl, {
      catalog,
      published: new PublishedPages({
        publicUrl,
        catalog,
        live,
        imagesOf: async (context, content) => imageRenderer(await images.read(context, imageIdsIn(content)), publicUrl),
      }),
      tracking: use(tracking),
      experiments: use(experiments),
      remembered: new RememberedVariants(deriveSecret('remembered variants'), publicUrl.startsWith('https:')),
      images,
      quality: new QualityChecks({
        catalog,
        images,
        experiments: use(experiments),
        publicUrl,
        probe: new HttpLinkProbe(),
      }),
      accessibility: new AccessibilityReports({ catalog, images, publicUrl, chromium: resources.chromium }),
      submissions: new Submissions(use(tracking), deriveSecret('form fingerprints')),
      submissionExport: new SubmissionExport(publicUrl, deriveSecret('submission exports')),
      submissionRetentionDays: async (context) => (await settings(context)).submissionRetentionDays,
      loop: {
        settings,
        writer: models && runner && { prompts: runner, hasModel: (context) => models.isConfigured(context) },
      },
      previews: new Previews(publicUrl, deriveSecret('previews')),
      proposals: new Proposals(publicUrl, deriveSecret('proposals')),
      formTokens: new TokenSigner(deriveSecret('form tokens'), formToken),
    })
  },
  limits: pageLimits,
  keptElsewhere: ({ fileStore }) => (fileStore ? [new KeptImages(fileStore)] : []),
  forgetWorkspace: ({ images }, context) => images.forgetWorkspace(context),
  examples,
  schema: [pageTypes, blockTypes, renderedBlockTypes, starterTypes, imageTypes],
  events: [...pageEvents, ...loopEvents],
  jobs: [
    deleteImageFiles,
    advanceRollouts,
    checkAccessibility,
    eraseOldSubmissions,
    improvePages,
    analyzePages,
    generateVariants,
    resumeLoops,
  ],
  routes: [pageRoute, formRoute, formAddressRoute, exportRoute, previewRoute, proposalRoute, ...imageRoutes],
  start: ({ catalog }) => catalog.close(),
  stop: ({ published }) => published.close(),
})
