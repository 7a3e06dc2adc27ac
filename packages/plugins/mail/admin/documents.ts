import { graphql } from './graphql/index.ts'

export const MailStatusDocument = graphql(`
  query MailStatus {
    mailStatus {
      transport
      account
      perSecond
      perDay
      sentLast24h
      share
      heldUntil
      waiting
      unknown
      problem
      secrets {
        name
        updatedAt
      }
    }
  }
`)

export const MessagesDocument = graphql(`
  query MailMessages(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: MailMessageFilter
    $orderBy: MailMessageOrder
    $count: Boolean = false
  ) {
    mailMessages(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        toAddress
        subject
        state
        dispatch
        class
        template
        costMicros
        queuedAt
        sentAt
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

export const ResendMailDocument = graphql(`
  mutation ResendMail($id: ID!) {
    resendMail(id: $id) {
      ... on ResendMailSuccess {
        data {
          id
          state
          dispatch
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const CancelMailDocument = graphql(`
  mutation CancelMail($id: ID!) {
    cancelMail(id: $id) {
      ... on CancelMailSuccess {
        data {
          id
          state
          dispatch
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const HoldsDocument = graphql(`
  query MailHolds {
    mailHolds(first: 10) {
      nodes {
        id
        reason
        sent
        failed
        heldAt
        releasedAt
      }
    }
  }
`)

export const ReleaseHoldDocument = graphql(`
  mutation ReleaseMailHold($id: ID!) {
    releaseMailHold(id: $id) {
      ... on ReleaseMailHoldSuccess {
        data {
          id
          releasedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const FoundMailDocument = graphql(`
  query FoundMail($text: String!) {
    mailMessages(first: 5, filter: { search: $text }) {
      nodes {
        id
        subject
        toAddress
      }
    }
    mailTemplateDefinitions {
      name
      description
    }
  }
`)
