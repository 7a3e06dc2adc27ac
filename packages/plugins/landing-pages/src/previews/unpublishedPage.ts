import type { SqlContext } from '@espalier/core'
import type { PageContent } from '../content.ts'
import { renderPage } from '../document.ts'
import { pageHeaders, unlisted } from '../pageHeaders.ts'
import type { PageServer } from '../servePage.ts'

/** What visitors do not see yet, and whoever holds its address does. */
export interface UnpublishedPage {
  readonly content: PageContent
  readonly language: string
  /** Where the page is, or will be, on this installation: a path. */
  readonly address: string
}

/** As visitors would see it; but nothing is tracked, forms send nothing, and search engines are told to stay away. */
export async function showUnpublished(
  context: SqlContext,
  { content, language, address }: UnpublishedPage,
  { catalog, published }: Pick<PageServer, 'catalog' | 'published'>,
  publicUrl: string,
): Promise<Response> {
  const { beforeTracker, afterTracker } = await renderPage(content, {
    catalog,
    language,
    address: new URL(address, publicUrl).href,
    images: await published.imagesOf(context, content),
    preview: true,
  })
  return new Response(beforeTracker + afterTracker, { headers: { ...pageHeaders, ...unlisted } })
}

/** A page that says why there is nothing to see, and the way out. */
export function nothingToShow(status: 404 | 410, title: string, text: string): Response {
  return new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`,
    { status, headers: { 'content-type': 'text/html; charset=utf-8', ...unlisted } },
  )
}
