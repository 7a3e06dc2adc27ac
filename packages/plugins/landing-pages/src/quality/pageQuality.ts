import { gzipSync } from 'node:zlib'
import { type InputIssue, InvalidInputError, issueTold, NotFoundError, type WorkspaceContext } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { allBlocks, type BlockData, withoutSlots } from '../blockData.ts'
import type { Catalog } from '../blocks/catalog.ts'
import { type PageContent, pageContent } from '../content.ts'
import { renderPage } from '../document.ts'
import { imageIdsIn, imageRenderer } from '../images/imageRenderer.ts'
import type { Images } from '../images/images.ts'
import { checkExperiment, type PageOfExperiment } from './checkExperiment.ts'
import { checkForeignLinks, checkOwnLinks } from './checkLinks.ts'
import { checkReading, readingMinutes } from './checkReading.ts'
import { checkTheme } from './checkTheme.ts'
import { type Finding, findingOf, type Remark, remark } from './finding.ts'
import type { LinkProbe } from './linkProbe.ts'
import { newReading, type Reading, readHtml } from './pageReading.ts'

/** What a page would be like if it were published now. */
export interface PageQuality {
  readonly findings: readonly Finding[]
  readonly variants: readonly VariantFigures[]
}

export interface VariantFigures {
  readonly variantKey: string
  /** HTML with its CSS, before and after gzip. */
  readonly bytes: number
  readonly gzipBytes: number
  readonly words: number
  readonly readingSeconds: number
}

/** A page as editors see it, as far as checks need it. */
export interface CheckedPage {
  readonly id: string
  readonly slug: string
  readonly language: string
  readonly variants: readonly { readonly key: string; readonly content: unknown }[]
}

export interface QualityParts {
  readonly catalog: Catalog
  readonly images: Images
  readonly experiments: Pick<Experiments, 'get'>
  readonly publicUrl: string
  readonly probe: LinkProbe
}

/** Looks a page over before visitors do. */
export class QualityChecks {
  readonly #parts: QualityParts
  readonly #content: ReturnType<typeof pageContent>

  constructor(parts: QualityParts) {
    this.#parts = parts
    this.#content = pageContent(parts.catalog)
  }

  /**
   * Every check, on what editors see.
   *
   * @param foreign whether links to other sites are asked for too: that takes seconds
   */
  async check(context: WorkspaceContext, pageId: string, foreign: boolean): Promise<PageQuality> {
    const page = await context.db.prisma.page.findFirst({
      where: { id: pageId },
      include: { variants: { where: { status: { not: 'archived' } }, orderBy: { position: 'asc' } } },
    })
    if (!page) throw new NotFoundError('page', pageId)
    const findings = await this.#checkExperiment(context, page)
    const variants: VariantFigures[] = []
    for (const { key, content } of page.variants) {
      const { remarks, reading, html } = await this.#look(context, page, content)
      if (reading && html !== undefined) {
        const bytes = Buffer.byteLength(html)
        remarks.push(...checkTheme(html), ...checkReading(reading, bytes))
        if (foreign) remarks.push(...(await checkForeignLinks(reading, this.#parts.publicUrl, this.#parts.probe)))
        variants.push({
          variantKey: key,
          bytes,
          gzipBytes: gzipSync(html).byteLength,
          words: reading.words,
          readingSeconds: Math.round(readingMinutes(reading.words) * 60),
        })
      }
      findings.push(...remarks.map((found) => findingOf(key, found)))
    }
    return { findings, variants }
  }

  /** Refuses what would be broken for visitors: the errors among the findings, without asking other sites. @throws InvalidInputError */
  async refuseBroken(tx: WorkspaceContext, page: CheckedPage): Promise<void> {
    const issues: InputIssue[] = []
    for (const { key, content } of page.variants) {
      const { remarks } = await this.#look(tx, page, content)
      for (const { code, message, blockId } of remarks)
        issues.push({ path: ['variants', key, blockId].filter(Boolean).join('.'), code, message })
    }
    if (issues.length > 0) throw new InvalidInputError(issues)
  }

  async #checkExperiment(
    context: WorkspaceContext,
    page: PageOfExperiment & { readonly experimentId: string | null },
  ): Promise<Finding[]> {
    if (page.experimentId === null) return []
    try {
      return checkExperiment(page, await this.#parts.experiments.get(context, page.experimentId))
    } catch (error) {
      // It may have been deleted: then the page is one without.
      if (error instanceof NotFoundError) return []
      throw error
    }
  }

  /** What of a variant would be broken, and what a reader meets in it. */
  async #look(
    context: WorkspaceContext,
    page: CheckedPage,
    stored: unknown,
  ): Promise<{ remarks: Remark[]; reading?: Reading; html?: string }> {
    const parsed = this.#content.safeParse(stored)
    if (!parsed.success)
      return {
        remarks: parsed.error.issues.map((issue) => {
          const place = issue.path.join('.') || 'content'
          const { en, fr } = issueTold(issue, stored)
          return remark(
            'CONTENT_INVALID',
            {
              en: `${place} ${en}. Open the page in the editor and mend it.`,
              fr: `${place} ${fr}. Ouvrez la page dans l’éditeur et corrigez-la.`,
            },
            blockAt(stored, issue.path),
          )
        }),
      }
    const content = parsed.data
    const { images, publicUrl } = this.#parts
    const known = await images.read(context, imageIdsIn(content))
    const render = async (part: PageContent) => {
      const options = {
        catalog: this.#parts.catalog,
        language: page.language,
        address: `${publicUrl}/p/-/${page.slug}`,
      }
      const { beforeTracker, afterTracker } = await renderPage(part, {
        ...options,
        images: imageRenderer(known, publicUrl),
      })
      return beforeTracker + afterTracker
    }
    const reading = newReading()
    // One by one, so that each finding knows its block; those that stand at the end of a page come last.
    for (const block of inReadingOrder(content, this.#parts.catalog))
      readHtml(await render({ ...content, content: [block] }), block.props.id, reading)
    const remarks = [
      ...missingImages(content, known),
      ...(await checkOwnLinks(context, reading, { pageId: page.id, publicUrl })),
    ]
    return { remarks, reading, html: await render(content) }
  }
}

function inReadingOrder({ content }: PageContent, catalog: Catalog): BlockData[] {
  const isEnd = ({ type }: BlockData) => catalog.get(type)?.place === 'end'
  return [...content.filter((block) => !isEnd(block)), ...content.filter(isEnd)]
}

function missingImages(content: PageContent, known: ReadonlyMap<string, unknown>): Remark[] {
  const parts: [unknown, string | null][] = [
    [content.root, null],
    ...allBlocks(content).map((block): [unknown, string] => [withoutSlots(block), block.props.id]),
  ]
  return parts.flatMap(([part, blockId]) =>
    imageIdsIn(part)
      .filter((id) => !known.has(id))
      .map((id) =>
        remark(
          'IMAGE_MISSING',
          {
            en: `The image ${id} does not exist in this workspace, or no longer. Choose another, or upload it again.`,
            fr: `L’image ${id} n’existe pas, ou plus, dans cet espace. Choisissez-en une autre, ou envoyez-la de nouveau.`,
          },
          blockId,
        ),
      ),
  )
}

/** The innermost block that a path leads through, by its id. */
function blockAt(stored: unknown, path: readonly PropertyKey[]): string | null {
  let part = stored
  let found: string | null = null
  for (const step of path) {
    if (typeof part !== 'object' || part === null) break
    part = (part as Record<PropertyKey, unknown>)[step]
    const id = typeof step === 'number' ? (part as BlockData | undefined)?.props?.id : undefined
    if (typeof id === 'string') found = id
  }
  return found
}
