import { type EspalierError, unwrap } from '@espalier/client'
import { espalier } from './espalier.ts'
import { graphql } from './graphql/index.ts'

const CreateCampaignExperiment = graphql(`
  mutation CreateCampaignExperiment($input: CreateExperimentInput!) {
    createExperiment(input: $input) {
      __typename
      ... on CreateExperimentSuccess {
        data {
          id
          key
        }
      }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

/**
 * Gives a campaign its experiment. The campaign's id is the idempotency key: however often this is called, also after a crash in
 * the middle of it, there is one.
 *
 * @throws EspalierError with what is wrong with the name, in `issues`
 */
export async function experimentOf(campaign: { id: string; name: string }): Promise<{ key: string }> {
  const { createExperiment } = await espalier.mutate(
    CreateCampaignExperiment,
    {
      input: {
        key: `campaign-${campaign.id}`,
        name: campaign.name,
        goal: 'signup',
        variants: [
          { key: 'control', name: 'As it is' },
          { key: 'offer', name: 'With the offer' },
        ],
      },
    },
    { idempotencyKey: `campaign-${campaign.id}` },
  )
  return unwrap(createExperiment)
}

/** What a person is told of an error. */
export function told({ message, issues }: EspalierError): string {
  return issues.length > 0 ? issues.map((issue) => `${issue.path}: ${issue.message}`).join('\n') : message
}
