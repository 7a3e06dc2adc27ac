import { graphql } from '../graphql/index.ts'

export const MessageDocument = graphql(`
  query MailMessage($id: ID!) {
    mailMessage(id: $id) {
      id
      subject
      toAddress
      toName
      fromAddress
      fromName
      replyTo
      state
      class
      dispatch
      transport
      template
      language
      topic
      attempts
      costMicros
      html
      text
      errorMessage
      queuedAt
      attemptedAt
      sentAt
      suppressedAt
      failedAt
      attachments {
        filename
        contentType
        bytes
      }
      headers {
        name
        value
      }
      events(first: 50) {
        nodes {
          id
          kind
          actor
          at
        }
      }
    }
  }
`)

export const MessageUpdatedDocument = graphql(`
  subscription MailMessageUpdated($id: ID!) {
    mailMessageUpdated(id: $id) {
      id
      state
      dispatch
      transport
      attempts
      costMicros
      errorMessage
      attemptedAt
      sentAt
      suppressedAt
      failedAt
      events(first: 50) {
        nodes {
          id
          kind
          actor
          at
        }
      }
    }
  }
`)
