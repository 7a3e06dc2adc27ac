import { graphql } from '../../graphql/index.ts'

/* Each answers with the experiment as it is then, which every page that shows it takes over. */

export const StartExperimentDocument = graphql(`
  mutation StartExperiment($id: ID!) {
    startExperiment(id: $id) {
      ... on StartExperimentSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const PauseExperimentDocument = graphql(`
  mutation PauseExperiment($id: ID!, $why: String) {
    pauseExperiment(id: $id, why: $why) {
      ... on PauseExperimentSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const ResumeExperimentDocument = graphql(`
  mutation ResumeExperiment($id: ID!) {
    resumeExperiment(id: $id) {
      ... on ResumeExperimentSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const CompleteExperimentDocument = graphql(`
  mutation CompleteExperiment($id: ID!, $winner: String) {
    completeExperiment(id: $id, winner: $winner) {
      ... on CompleteExperimentSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const ApplyWinnerDocument = graphql(`
  mutation ApplyWinner($id: ID!) {
    applyWinner(id: $id) {
      ... on ApplyWinnerSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const ForceWinnerDocument = graphql(`
  mutation ForceWinner($id: ID!, $variant: String!, $why: String!) {
    forceWinner(id: $id, variant: $variant, why: $why) {
      ... on ForceWinnerSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const RevertWinnerDocument = graphql(`
  mutation RevertWinner($id: ID!, $why: String) {
    revertWinner(id: $id, why: $why) {
      ... on RevertWinnerSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const DetermineWinnerDocument = graphql(`
  mutation DetermineWinner($id: ID!) {
    determineWinner(id: $id) {
      ... on DetermineWinnerSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const UpdateBanditNowDocument = graphql(`
  mutation UpdateBanditNow($id: ID!) {
    updateBanditNow(id: $id) {
      ... on UpdateBanditNowSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const ArchiveExperimentDocument = graphql(`
  mutation ArchiveExperiment($id: ID!) {
    archiveExperiment(id: $id) {
      ... on ArchiveExperimentSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const UnarchiveExperimentDocument = graphql(`
  mutation UnarchiveExperiment($id: ID!) {
    unarchiveExperiment(id: $id) {
      ... on UnarchiveExperimentSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const ChangeRunningExperimentDocument = graphql(`
  mutation ChangeRunningExperiment($id: ID!, $input: ChangeRunningExperimentInput!, $expectedVersion: Int) {
    changeRunningExperiment(id: $id, input: $input, expectedVersion: $expectedVersion) {
      ... on ChangeRunningExperimentSuccess {
        data {
          ...ExperimentDesign
          ...ExperimentOutcome
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

export const DuplicateExperimentDocument = graphql(`
  mutation DuplicateExperiment($id: ID!, $key: String!, $name: String) {
    duplicateExperiment(id: $id, key: $key, name: $name) {
      ... on DuplicateExperimentSuccess {
        data {
          id
          key
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
