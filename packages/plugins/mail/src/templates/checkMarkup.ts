import { Parser } from 'htmlparser2'
import { TemplateProblem } from './templateProblem.ts'

/**
 * What no mail may have: programs, frames, forms, and addresses that run something. Checked when a template is saved, and
 * again when it is filled in: escaping does nothing about `javascript:` in a link.
 *
 * @throws TemplateProblem
 */
export function checkMarkup(html: string): void {
  let problem: string | undefined
  const parser = new Parser({
    onopentag(name, attributes) {
      if (refusedTags.has(name)) problem ??= `has <${name}>, which no mail may have. Take it out.`
      for (const [attribute, value] of Object.entries(attributes)) {
        if (attribute.startsWith('on'))
          problem ??= `has the attribute "${attribute}", which runs a script. Take it out.`
        if (linkAttributes.has(attribute) && !isSafeLink(value)) {
          problem ??= `has a link to "${value.slice(0, 80)}". Links begin with https:, http:, mailto:, tel:, cid: or #.`
        }
      }
    },
  })
  parser.end(html)
  if (problem) throw new TemplateProblem('body', problem)
}

const refusedTags = new Set(['script', 'iframe', 'frame', 'object', 'embed', 'form', 'base'])
const linkAttributes = new Set(['href', 'src', 'action', 'background', 'formaction', 'xlink:href'])

/** Programs ignore white space and control characters in a scheme, so we do, too. */
function isSafeLink(value: string): boolean {
  const link = value.replace(/[\p{Cc}\s]/gu, '')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link)?.[1]?.toLowerCase()
  return scheme === undefined || safeSchemes.has(scheme)
}

const safeSchemes = new Set(['https', 'http', 'mailto', 'tel', 'sms', 'cid'])
