import { graphql } from '../graphql/index.ts'

graphql(`
  fragment ImportFields on ExperimentImport {
    id
    fileName
    status
    start
    counts {
      planned
      made
      known
      included
      impossible
      failed
    }
  }
`)

export const ImportDocument = graphql(`
  query ExperimentImport($id: ID!) {
    experimentImport(id: $id) {
      ...ImportFields
    }
  }
`)

export const ImportUpdatedDocument = graphql(`
  subscription ExperimentImportUpdated($id: ID!) {
    experimentImportUpdated(id: $id) {
      ...ImportFields
    }
  }
`)

export const ImportItemsDocument = graphql(`
  query ExperimentImportItems(
    $id: ID!
    $first: Int
    $after: String
    $count: Boolean = false
    $filter: ExperimentImportItemFilter
    $orderBy: ExperimentImportItemOrder
  ) {
    experimentImport(id: $id) {
      id
      items(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        totalCount @include(if: $count)
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          kind
          name
          key
          outcome
          keepsAssignment
          notes
          targetId
        }
      }
    }
  }
`)

export const RunImportDocument = graphql(`
  mutation RunExperimentImport($id: ID!, $start: Boolean!) {
    runExperimentImport(id: $id, start: $start) {
      __typename
      ... on Error {
        code
        message
      }
      ... on RunExperimentImportSuccess {
        data {
          ...ImportFields
        }
      }
    }
  }
`)
