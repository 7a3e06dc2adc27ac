import { graphql } from '../../graphql/index.ts'

export const WorkspaceSettingsDocument = graphql(`
  query WorkspaceSettings {
    workspace {
      id
      name
      slug
      version
    }
  }
`)

export const UpdateWorkspaceDocument = graphql(`
  mutation UpdateWorkspace($input: UpdateWorkspaceInput!, $expectedVersion: Int) {
    updateWorkspace(input: $input, expectedVersion: $expectedVersion) {
      ... on UpdateWorkspaceSuccess {
        data {
          id
          name
          slug
          version
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

export const CreateWorkspaceDocument = graphql(`
  mutation CreateWorkspace($input: CreateWorkspaceInput!) {
    createWorkspace(input: $input) {
      ... on CreateWorkspaceSuccess {
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

export const LeaveWorkspaceDocument = graphql(`
  mutation LeaveWorkspace {
    leaveWorkspace {
      ... on LeaveWorkspaceSuccess {
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

export const DeleteWorkspaceDocument = graphql(`
  mutation DeleteWorkspace($id: ID!, $name: String!) {
    deleteWorkspace(id: $id, name: $name) {
      ... on DeleteWorkspaceSuccess {
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

export const WorkspaceDeletionsDocument = graphql(`
  query WorkspaceDeletions {
    workspaceDeletions {
      id
      name
      since
      share
    }
  }
`)
