import type { Told } from '@espalier/core'
import { Parser } from 'htmlparser2'
import { TemplateProblem } from './templateProblem.ts'

/**
 * What no mail may have: programs, frames, forms, and addresses that run something. Checked when a template is saved, and
 * again when it is filled in: escaping does nothing about `javascript:` in a link.
 *
 * @throws TemplateProblem
 */
export function checkMarkup(html: string): void {
  const check = new MarkupCheck()
  const parser = new Parser({ onopentag: (name, attributes) => check.openTag(name, attributes) })
  parser.end(html)
  check.end()
}

/** The same for whoever parses the HTML anyway: it is most of the work. */
export class MarkupCheck {
  /** What has been found first. */
  problem: Told | undefined

  openTag(name: string, attributes: Readonly<Record<string, string>>): void {
    if (refusedTags.has(name))
      this.problem ??= {
        en: `has <${name}>, which no mail may have. Take it out.`,
        fr: `a <${name}>, qu’aucun message ne peut avoir. Retirez-le.`,
      }
    for (const attribute in attributes) {
      if (attribute.startsWith('on'))
        this.problem ??= {
          en: `has the attribute "${attribute}", which runs a script. Take it out.`,
          fr: `a l’attribut « ${attribute} », qui lance un script. Retirez-le.`,
        }
      const value = attributes[attribute] as string
      if (linkAttributes.has(attribute) && !isSafeLink(value)) {
        this.problem ??= {
          en: `has a link to "${value.slice(0, 80)}". Links begin with https:, http:, mailto:, tel:, cid: or #.`,
          fr: `a un lien vers « ${value.slice(0, 80)} ». Les liens commencent par https:, http:, mailto:, tel:, cid: ou #.`,
        }
      }
    }
  }

  /** @throws TemplateProblem for what has been found first */
  end(): void {
    if (this.problem) throw new TemplateProblem('body', this.problem)
  }
}

const refusedTags = new Set(['script', 'iframe', 'frame', 'object', 'embed', 'form', 'base'])
export const linkAttributes: ReadonlySet<string> = new Set([
  'href',
  'src',
  'action',
  'background',
  'formaction',
  'xlink:href',
])

/** Programs ignore white space and control characters in a scheme, so we do, too. */
export function isSafeLink(value: string): boolean {
  const link = value.replace(/[\p{Cc}\s]/gu, '')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link)?.[1]?.toLowerCase()
  return scheme === undefined || safeSchemes.has(scheme)
}

const safeSchemes = new Set(['https', 'http', 'mailto', 'tel', 'sms', 'cid'])
