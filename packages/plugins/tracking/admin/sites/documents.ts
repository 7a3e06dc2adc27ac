import { graphql } from '../graphql/index.ts'

export const SitesDocument = graphql(`
  query Sites(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: TrackingSiteFilter
    $orderBy: TrackingSiteOrder
  ) {
    trackingSites(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        name
        key
        script
        createdAt
      }
      pageInfo {
        hasNextPage
        endCursor
        startCursor
      }
      totalCount @include(if: $count)
    }
  }
`)

export const CreateSiteDocument = graphql(`
  mutation CreateSite($input: CreateTrackingSiteInput!) {
    createTrackingSite(input: $input) {
      ... on CreateTrackingSiteSuccess {
        data {
          id
          name
          key
          script
          createdAt
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

export const RenameSiteDocument = graphql(`
  mutation RenameSite($input: UpdateTrackingSiteInput!) {
    updateTrackingSite(input: $input) {
      ... on UpdateTrackingSiteSuccess {
        data {
          id
          name
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

export const DeleteSiteDocument = graphql(`
  mutation DeleteSite($id: ID!) {
    deleteTrackingSite(id: $id) {
      ... on DeleteTrackingSiteSuccess {
        data {
          id
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
