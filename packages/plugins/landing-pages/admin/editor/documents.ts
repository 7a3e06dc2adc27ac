import { graphql } from '../graphql/index.ts'

export const EditorDocument = graphql(`
  query PageEditor($id: ID!) {
    node(id: $id) {
      ... on Page {
        id
        title
        slug
        language
        status
        url
        version
        publishedAt
        lastPublishedBy
        experiment { id name status }
        variants {
          id
          key
          status
          version
          content
          published
          hasUnpublishedChanges
          createdByType
          parent { id key }
        }
      }
    }
    pageStyles
    pageBlocks {
      type
      label
      purpose
      form
      slots
      nests
      atEnd
      exampleEn: example(language: "en")
      exampleFr: example(language: "fr")
    }
  }
`)

/** One variant, as it is now: where somebody else saved meanwhile. */
export const VariantDocument = graphql(`
  query PageVariantNow($id: ID!) {
    node(id: $id) {
      ... on PageVariant { id version content hasUnpublishedChanges }
    }
  }
`)

export const SaveVariant = graphql(`
  mutation SavePageVariant($id: ID!, $content: JSON!, $expectedVersion: Int!) {
    updatePageVariant(id: $id, content: $content, expectedVersion: $expectedVersion) {
      ... on UpdatePageVariantSuccess { data { id version content hasUnpublishedChanges } }
      ... on Error { code message }
      ... on ConflictError { saved { by at version } }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

export const PageSavedDocument = graphql(`
  subscription PageSaved($id: ID!) {
    pageChanged(id: $id) {
      id
      version
      status
      title
      slug
      publishedAt
      variants { id key status version hasUnpublishedChanges }
    }
  }
`)

export const PageEditorsDocument = graphql(`
  subscription PageEditors($pageId: ID!, $variantKey: String) {
    pageEditors(pageId: $pageId, variantKey: $variantKey) { sessionId name variantKey }
  }
`)
