import { graphql } from '../../graphql/index.ts'

export const MembersDocument = graphql(`
  query Members(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: MemberFilter
    $orderBy: MemberOrder
    $count: Boolean = false
  ) {
    members(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        role
        createdAt
        user {
          id
          name
          email
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

export const ChangeRoleDocument = graphql(`
  mutation ChangeMemberRole($id: ID!, $role: Role!) {
    changeMemberRole(id: $id, role: $role) {
      ... on ChangeMemberRoleSuccess {
        data {
          id
          role
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const RemoveMemberDocument = graphql(`
  mutation RemoveMember($id: ID!) {
    removeMember(id: $id) {
      ... on RemoveMemberSuccess {
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

export const OpenInvitationsDocument = graphql(`
  query OpenInvitations {
    invitations(first: 100, filter: { status: [PENDING] }) {
      nodes {
        id
        email
        role
        status
        expiresAt
      }
    }
  }
`)

export const InviteDocument = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      ... on InviteMemberSuccess {
        data {
          link
          invitation {
            id
            email
          }
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

export const CancelInvitationDocument = graphql(`
  mutation CancelInvitation($id: ID!) {
    cancelInvitation(id: $id) {
      ... on CancelInvitationSuccess {
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
