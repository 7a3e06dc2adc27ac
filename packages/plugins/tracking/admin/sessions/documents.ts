import { graphql } from '../graphql/index.ts'

export const SessionsDocument = graphql(`
  query Sessions(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: TrackingSessionFilter
    $orderBy: TrackingSessionOrder
  ) {
    trackingSessions(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        startedAt
        endedAt
        entryPath
        exitPath
        channel
        referrerHost
        utmCampaign
        country
        device
        browser
        os
        pageviews
        conversions
        engagementSeconds
        bounced
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

export const SessionDocument = graphql(`
  query Session($id: ID!) {
    node(id: $id) {
      ... on TrackingSession {
        id
        startedAt
        endedAt
        entryPath
        exitPath
        channel
        referrerHost
        utmSource
        utmMedium
        utmCampaign
        country
        device
        browser
        os
        pageviews
        conversions
        engagementSeconds
        bounced
        visitorId
        events(first: 100, orderBy: { field: ID, direction: ASC }) {
          nodes {
            id
            at
            name
            path
            url
            goal
            value {
              amountMinor
              currency
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  }
`)
