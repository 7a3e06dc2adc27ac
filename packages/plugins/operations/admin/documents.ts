import { graphql } from './graphql/index.ts'

export const ChangesDocument = graphql(`
  subscription OperationsChanges($types: [String!]!) {
    changes(types: $types) {
      everything
    }
  }
`)

export const FoundOperationsDocument = graphql(`
  query FoundOperations($text: String!) {
    alertRules(first: 5, filter: { search: $text }) {
      nodes {
        id
        name
        metric
      }
    }
    alerts(first: 5, filter: { search: $text }) {
      nodes {
        id
        cause
        rule {
          id
          name
        }
      }
    }
  }
`)
