import { graphql } from '../graphql/index.ts'

export const CreateExperimentDocument = graphql(`
  mutation CreateExperiment($input: CreateExperimentInput!) {
    createExperiment(input: $input) {
      ... on CreateExperimentSuccess {
        data {
          ...ExperimentDesign
        }
      }
      ... on Error {
        code
        message
      }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

export const UpdateExperimentDocument = graphql(`
  mutation UpdateExperiment($id: ID!, $input: UpdateExperimentInput!, $expectedVersion: Int) {
    updateExperiment(id: $id, input: $input, expectedVersion: $expectedVersion) {
      ... on UpdateExperimentSuccess {
        data {
          ...ExperimentDesign
        }
      }
      ... on Error {
        code
        message
      }
      ... on ConflictError { saved { by at version } }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

/** Lets an experiment pick what a landing page shows. */
export const AttachToPageDocument = graphql(`
  mutation AttachExperimentToPage($id: ID!, $experimentId: ID!) {
    updatePage(id: $id, input: { experimentId: $experimentId }) {
      ... on UpdatePageSuccess {
        data {
          id
          version
          experiment {
            id
            name
          }
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
