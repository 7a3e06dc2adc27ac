import { graphql } from './graphql/index.ts'

export const MilestonesDocument = graphql(`
  query Milestones($first: Int, $after: String, $orderBy: MilestoneOrder, $count: Boolean = false) {
    milestones(first: $first, after: $after, orderBy: $orderBy) {
      nodes {
        id
        goals
        reachedAt
        page {
          id
          title
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount @include(if: $count)
    }
  }
`)

export const PageMilestonesDocument = graphql(`
  query PageMilestones($id: ID!) {
    node(id: $id) {
      id
      ... on Page {
        milestones {
          goals
          next
        }
      }
    }
  }
`)
