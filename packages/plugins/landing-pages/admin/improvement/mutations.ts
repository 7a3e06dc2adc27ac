import { graphql } from '../graphql/index.ts'

export const SetImprovementDocument = graphql(`
  mutation SetPageImprovement(
    $pageId: ID!
    $mode: PageLoopMode!
    $goal: String
    $limits: PageLoopLimitsInput
    $expectedVersion: Int
  ) {
    setPageImprovement(
      pageId: $pageId
      mode: $mode
      goal: $goal
      limits: $limits
      expectedVersion: $expectedVersion
    ) {
      ... on SetPageImprovementSuccess {
        data {
          id
        }
      }
      ... on Error {
        code
        message
      }
      ... on ConflictError { saved { by at version } }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

export const ImproveNowDocument = graphql(`
  mutation ImprovePageNow($pageId: ID!, $kind: PageLoopRunKind!) {
    improvePageNow(pageId: $pageId, kind: $kind) {
      ... on ImprovePageNowSuccess {
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

export const StopRunDocument = graphql(`
  mutation StopLoopRun($id: ID!) {
    stopLoopRun(id: $id) {
      ... on StopLoopRunSuccess {
        data {
          id
          status
          finishedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const ApproveStepDocument = graphql(`
  mutation ApproveLoopStep($id: ID!) {
    approveLoopStep(id: $id) {
      ... on ApproveLoopStepSuccess {
        data {
          id
          status
          summary
          variantKey
          canBeUndone
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const RejectStepDocument = graphql(`
  mutation RejectLoopStep($id: ID!) {
    rejectLoopStep(id: $id) {
      ... on RejectLoopStepSuccess {
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

export const UndoStepDocument = graphql(`
  mutation UndoLoopStep($id: ID!) {
    undoLoopStep(id: $id) {
      ... on UndoLoopStepSuccess {
        data {
          id
          status
          canBeUndone
          undoneAt
          undoneByName
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
