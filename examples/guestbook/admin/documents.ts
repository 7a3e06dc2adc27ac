import { graphql } from './graphql/index.ts'

export const EntriesDocument = graphql(`
  query GuestbookEntries(
    $first: Int
    $after: String
    $filter: GuestbookEntryFilter
    $orderBy: GuestbookEntryOrder
    $count: Boolean = false
  ) {
    guestbookEntries(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        name
        text
        status
        createdAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount @include(if: $count)
    }
  }
`)

export const ApproveEntryDocument = graphql(`
  mutation ApproveGuestbookEntry($id: ID!) {
    approveGuestbookEntry(id: $id) {
      ... on ApproveGuestbookEntrySuccess {
        data {
          id
          status
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const ShownDocument = graphql(`
  subscription GuestbookShown {
    guestbookShown
  }
`)
