import type { Told } from '@espalier/core'

/** What is wrong with a template: where, and how to mend it. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem'
  readonly part: 'subject' | 'body' | 'sample'
  readonly told: Told

  constructor(part: TemplateProblem['part'], told: Told) {
    super(told.en)
    this.part = part
    this.told = told
  }
}
