import { graphql } from '../../graphql/index.ts'

export const JobsDocument = graphql(`
  query Jobs(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: JobFilter
    $orderBy: JobOrder
    $count: Boolean = false
  ) {
    jobs(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        type
        status
        attempts
        maxAttempts
        priority
        createdAt
        startedAt
        completedAt
        error {
          code
          message
        }
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

export const JobDocument = graphql(`
  query Job($id: ID!) {
    job(id: $id) {
      id
      type
      status
      attempts
      maxAttempts
      priority
      payload
      result
      createdAt
      startAfter
      startedAt
      completedAt
      error {
        code
        message
      }
    }
  }
`)

export const FailedJobsDocument = graphql(`
  query FailedJobs {
    jobs(first: 5, filter: { status: [FAILED] }, orderBy: { field: COMPLETED_AT, direction: DESC }) {
      nodes {
        id
        type
        status
        completedAt
        error {
          code
          message
        }
      }
      totalCount
    }
  }
`)

export const RetryJobDocument = graphql(`
  mutation RetryJob($id: ID!) {
    retryJob(id: $id) {
      ... on RetryJobSuccess {
        data {
          id
          status
          attempts
          startAfter
          completedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const CancelJobDocument = graphql(`
  mutation CancelJob($id: ID!) {
    cancelJob(id: $id) {
      ... on CancelJobSuccess {
        data {
          id
          status
          attempts
          startAfter
          completedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const JobChangesDocument = graphql(`
  subscription JobChanges {
    changes(types: ["Job"]) {
      everything
    }
  }
`)
