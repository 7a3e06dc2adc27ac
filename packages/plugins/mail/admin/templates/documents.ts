import { graphql } from '../graphql/index.ts'

export const TemplatesDocument = graphql(`
  query MailTemplates {
    mailTemplateDefinitions {
      name
      description
      class
      topic
      texts {
        language
        subject
        body
        sample
      }
    }
    mailTemplates(first: 100) {
      nodes {
        id
        name
        language
        subject
        class
        version
        updatedAt
      }
    }
  }
`)

export const OwnTemplatesDocument = graphql(`
  query OwnMailTemplates($name: String!) {
    mailTemplateDefinitions {
      name
      description
      class
      topic
      texts {
        language
        subject
        body
        sample
      }
    }
    mailTemplates(first: 10, filter: { name: { equals: $name } }) {
      nodes {
        id
        name
        language
        version
        class
        topic
        subject
        body
        sample
        updatedAt
      }
    }
  }
`)

export const TemplatePreviewDocument = graphql(`
  query MailTemplatePreview(
    $name: String!
    $language: MailLanguage!
    $subject: String
    $body: String
    $sample: JSON
  ) {
    mailTemplatePreview(name: $name, language: $language, subject: $subject, body: $body, sample: $sample) {
      subject
      html
      text
      problems
    }
  }
`)

export const SaveTemplateDocument = graphql(`
  mutation SaveMailTemplate($input: SaveMailTemplateInput!) {
    saveMailTemplate(input: $input) {
      ... on SaveMailTemplateSuccess {
        data {
          id
          name
          language
          version
          class
          topic
          subject
          body
          sample
          updatedAt
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

export const DeleteTemplateDocument = graphql(`
  mutation DeleteMailTemplate($id: ID!) {
    deleteMailTemplate(id: $id) {
      ... on DeleteMailTemplateSuccess {
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

export const SendTestDocument = graphql(`
  mutation SendTestMail($template: String!, $language: MailLanguage!) {
    sendTestMail(template: $template, language: $language) {
      ... on SendTestMailSuccess {
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
