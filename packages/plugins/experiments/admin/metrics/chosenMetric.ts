/** A metric that was chosen in a form. */
export interface ChosenMetric {
  readonly id: string
  readonly name: string
}
