import { graphql } from '../../graphql/index.ts'

export const AuditDocument = graphql(`
  query AuditEntries(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: AuditEntryFilter
    $orderBy: AuditEntryOrder
    $count: Boolean = false
  ) {
    auditEntries(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        at
        actorType
        actorName
        action
        resourceType
        resourceId
        ipAddress
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

export const AuditEntryDocument = graphql(`
  query AuditEntry($id: ID!) {
    node(id: $id) {
      ... on AuditEntry {
        id
        at
        actorType
        actorId
        actorName
        action
        resourceType
        resourceId
        ipAddress
        userAgent
        traceId
        before
        after
      }
    }
  }
`)

export const ExportAuditDocument = graphql(`
  mutation ExportAuditEntries($filter: AuditEntryFilter) {
    exportAuditEntries(filter: $filter) {
      ... on ExportAuditEntriesSuccess {
        data {
          url
          count
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
