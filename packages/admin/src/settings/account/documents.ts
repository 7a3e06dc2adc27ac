import { graphql } from '../../graphql/index.ts'

export const UpdateViewerDocument = graphql(`
  mutation UpdateViewer($input: UpdateViewerInput!) {
    updateViewer(input: $input) {
      ... on UpdateViewerSuccess {
        data {
          id
          name
          locale
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

export const ChangePasswordDocument = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      ... on ChangePasswordSuccess {
        data {
          id
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

export const SessionsDocument = graphql(`
  query Sessions {
    viewer {
      sessions {
        id
        browser
        system
        address
        current
        lastSeenAt
      }
    }
  }
`)

export const RevokeSessionDocument = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id) {
      ... on RevokeSessionSuccess {
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

export const RevokeOtherSessionsDocument = graphql(`
  mutation RevokeOtherSessions {
    revokeOtherSessions {
      ... on RevokeOtherSessionsSuccess {
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
