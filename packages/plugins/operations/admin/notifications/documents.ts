import { graphql } from '../graphql/index.ts'

export const NotificationsDocument = graphql(`
  query Notifications(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: NotificationFilter
    $unread: Boolean
    $count: Boolean = false
  ) {
    notifications(first: $first, after: $after, last: $last, before: $before, filter: $filter, unread: $unread) {
      nodes {
        id
        kind
        severity
        title
        body
        link
        readAt
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

export const NotificationsChangedDocument = graphql(`
  subscription NotificationsChanged {
    notificationsChanged {
      unread
      latest {
        id
      }
    }
  }
`)

export const KindsDocument = graphql(`
  query NotificationKinds {
    notificationKinds {
      name
      description
    }
  }
`)

export const ReadDocument = graphql(`
  mutation ReadNotifications($ids: [ID!]) {
    markNotificationsRead(ids: $ids) {
      ... on MarkNotificationsReadSuccess {
        data
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const PreferencesDocument = graphql(`
  query NotificationPreferences {
    notificationPreferences {
      kind
      description
      chosen
      inApp
      mail
    }
  }
`)

export const PreferDocument = graphql(`
  mutation SetNotificationPreferences($input: [NotificationPreferenceInput!]!) {
    setNotificationPreferences(input: $input) {
      ... on SetNotificationPreferencesSuccess {
        data {
          kind
          chosen
          inApp
          mail
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
