/** What is wrong with a template: where, and how to mend it. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem'
  readonly part: 'subject' | 'body' | 'sample'

  constructor(part: TemplateProblem['part'], message: string) {
    super(message)
    this.part = part
  }
}
