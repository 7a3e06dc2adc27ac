import { graphql } from '../graphql/index.ts'

export const FeedbackDocument = graphql(`
  query Feedback(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: FeedbackFilter
    $orderBy: FeedbackOrder
    $count: Boolean = false
  ) {
    feedback(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        actionType
        outcome
        confidence
        impact
        subjectType
        notesEn
        notesFr
        applied
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

export const CalibrationDocument = graphql(`
  query FeedbackCalibration {
    feedbackCalibration {
      predictions
      brierScore
      calibrationError
      notes
      bins {
        from
        to
        predictions
        meanConfidence
        cameTrue
        lower
        upper
      }
    }
  }
`)

export const SettleFeedbackDocument = graphql(`
  mutation SettleFeedback($id: ID!, $input: SettleFeedbackInput!) {
    settleFeedback(id: $id, input: $input) {
      ... on SettleFeedbackSuccess {
        data {
          id
          outcome
          impact
          notesEn
          notesFr
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
