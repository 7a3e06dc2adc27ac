import { ConflictError, InvalidInputError, NotFoundError, type WorkspaceContext } from '@espalier/core'
import type { Catalog } from '../blocks/catalog.ts'
import type { PageContent } from '../content.ts'
import { renderPage } from '../document.ts'
import { imageIdsIn, imageRenderer } from '../images/imageRenderer.ts'
import { type ImageFormat, type ImageWidth, imageFormats, imageWidths } from '../images/imageSizes.ts'
import type { Images } from '../images/images.ts'
import { findChromium, lookAtPage } from './accessibility.ts'
import { checkAccessibility } from './jobs.ts'

export interface AccessibilityParts {
  readonly catalog: Catalog
  readonly images: Images
  readonly publicUrl: string
  /** Path of a Chromium; else it is looked for where systems install it. */
  readonly chromium: string | undefined
}

/** Has pages looked at in a browser, and keeps what was found. */
export class AccessibilityReports {
  readonly #parts: AccessibilityParts

  constructor(parts: AccessibilityParts) {
    this.#parts = parts
  }

  /** Asks for a report on what editors see of a variant; a job writes it. @throws InvalidInputError, NotFoundError, ConflictError without a browser */
  async request(context: WorkspaceContext, pageId: string, variantKey: string | undefined) {
    if (!findChromium(this.#parts.chromium))
      throw new ConflictError({
        en: 'This installation has no Chromium to look at the page with. Install it, or set CHROMIUM_PATH.',
        fr: 'Cette installation n’a pas de Chromium pour regarder la page. Installez-le, ou définissez CHROMIUM_PATH.',
      })
    return context.transaction(async (tx) => {
      const variants = await tx.db.prisma.pageVariant.findMany({
        where: { pageId, status: { not: 'archived' } },
        orderBy: { position: 'asc' },
      })
      if (variants.length === 0) throw new NotFoundError('page', pageId)
      const variant = variantKey === undefined ? variants[0] : variants.find(({ key }) => key === variantKey)
      if (!variant)
        throw InvalidInputError.of('variantKey', 'NOT_FOUND', {
          en: `"${variantKey}" is no variant of this page. They are: ${variants.map(({ key }) => key).join(', ')}.`,
          fr: `« ${variantKey} » n’est pas une variante de cette page. Ce sont : ${variants.map(({ key }) => key).join(', ')}.`,
        })
      const report = await tx.db.prisma.accessibilityReport.create({ data: { pageId, variantKey: variant.key } })
      tx.audit({ resourceType: 'AccessibilityReport', resourceId: report.id, after: report })
      await tx.enqueue(checkAccessibility, { reportId: report.id })
      return report
    })
  }

  /** Writes a report; what keeps it from being written is kept with it. */
  async write(context: WorkspaceContext, reportId: string, signal: AbortSignal): Promise<{ score: number | null }> {
    const update = async (data: object) => {
      await context.db.prisma.accessibilityReport.updateMany({ where: { id: reportId }, data })
    }
    try {
      await update({ status: 'running', progress: 10 })
      const { score, issues, engine } = await this.#look(context, reportId, signal, (progress) => update({ progress }))
      await update({ status: 'done', progress: 100, score, issues, engine, finishedAt: context.clock.now() })
      return { score }
    } catch (error) {
      const failure = (error as Error).message.split('\n')[0]?.slice(0, 500)
      await update({ status: 'failed', failure, finishedAt: context.clock.now() })
      context.log.warn({ err: error, report: reportId }, 'A page could not be checked for accessibility')
      return { score: null }
    }
  }

  async #look(
    context: WorkspaceContext,
    reportId: string,
    signal: AbortSignal,
    onProgress: (percent: number) => Promise<void>,
  ) {
    const report = await context.db.prisma.accessibilityReport.findFirst({
      where: { id: reportId },
      include: { page: true },
    })
    if (!report) throw new NotFoundError('report', reportId)
    const { page, variantKey } = report
    const variant = await context.db.prisma.pageVariant.findFirst({ where: { pageId: page.id, key: variantKey } })
    if (!variant) throw new NotFoundError('variant', variantKey)
    const { catalog, images, publicUrl } = this.#parts
    const chromium = findChromium(this.#parts.chromium)
    if (!chromium) throw new Error('No Chromium was found. Install it, or set CHROMIUM_PATH.')
    const content = variant.content as unknown as PageContent
    const known = await images.read(context, imageIdsIn(content))
    const address = `${publicUrl}/p/-/${page.slug}`
    const { beforeTracker, afterTracker } = await renderPage(content, {
      catalog,
      language: page.language,
      address,
      images: imageRenderer(known, publicUrl),
      preview: true,
    })
    return lookAtPage({
      chromium,
      html: beforeTracker + afterTracker,
      address,
      image: (path) => this.#image(path),
      signal,
      onProgress,
    })
  }

  async #image(path: string) {
    const [, key, width, format] = /^\/images\/([\w-]{32})\/(\d+)\.(\w+)$/.exec(path) ?? []
    const size = imageWidths.find((known) => String(known) === width) as ImageWidth | undefined
    const type = imageFormats.find((known) => known === format) as ImageFormat | undefined
    if (!key || !size || !type) return undefined
    const bytes = await this.#parts.images.sized(key, size, type)
    return bytes && { body: Buffer.from(bytes), contentType: type === 'jpg' ? 'image/jpeg' : `image/${type}` }
  }
}
