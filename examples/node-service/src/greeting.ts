import { espalier } from './espalier.ts'
import { graphql } from './graphql/index.ts'

const RecordExposure = graphql(`
  mutation RecordExposure($exposure: ExposureInput!) {
    recordExposures(exposures: [$exposure]) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`)

/** What a customer is greeted with: a flag that is decided on the server. Without Espalier the shop still greets. */
export async function greeting(customer: string, country: string): Promise<string> {
  const { variant, value } = await espalier.evaluate(
    'greeting',
    { id: customer, attributes: { country } },
    { fallback: 'Welcome', timeoutMs: 500 },
  )
  // Being assigned counts nobody; being shown it does. The greeting does not wait for it.
  if (variant !== null)
    espalier
      .mutate(RecordExposure, { exposure: { experiment: 'greeting', subject: customer, variant } })
      .catch((error) => console.error('exposure:', error.message))
  return value
}
