import { TemplateProblem } from './templateProblem.ts'

/** @returns HTML @throws TemplateProblem for MJML that does not do */
export async function mjmlToHtml(document: string): Promise<string> {
  // MJML would leave it out without a word.
  if (/<mj-include\b/i.test(document)) {
    throw new TemplateProblem('body', {
      en: 'has <mj-include>, and there are no files here. Write what it should include.',
      fr: 'a <mj-include>, et il n’y a pas de fichiers ici. Écrivez ce qu’il devrait inclure.',
    })
  }
  // Only now: it is a fifth of all that a server would load before it answers.
  const { default: mjml2html } = await import('mjml')
  try {
    const { html } = await mjml2html(document, {
      validationLevel: 'strict',
      ignoreIncludes: true,
      keepComments: false,
      // Web fonts would have each reader's program call another company.
      fonts: {},
    })
    return withoutIndents(html)
  } catch (error) {
    const why = (error as Error).message.replace(/\s+/g, ' ').trim()
    throw new TemplateProblem('body', { en: `is no MJML: ${why}`, fr: `n’est pas du MJML : ${why}` })
  }
}

/**
 * MJML indents what it writes, by half of its length. What is shown is the same without: a line break is white space as well. Where a
 * template shows white space as it is, all of it stays.
 */
function withoutIndents(html: string): string {
  return /<pre|<textarea|white-space/i.test(html) ? html : html.replace(/\n\s+/g, '\n')
}
