import { isFrench } from '../blocks/fieldNames.ts'
import type { PageContent } from '../content.ts'
import { blank } from './blank.ts'
import { event } from './event.ts'
import { leadForm } from './leadForm.ts'
import { product } from './product.ts'
import type { Starter } from './starter.ts'
import { waitlist } from './waitlist.ts'

/** What new pages may begin as, the emptiest first. */
export const starters: readonly Starter[] = [blank, product, leadForm, event, waitlist]

/**
 * The content that a starter begins with.
 *
 * @param language of the page, BCP 47; whatever is not French is English
 */
export function starterContent({ content }: Starter, language: string): PageContent {
  return content((en, fr) => (isFrench(language) ? fr : en))
}
