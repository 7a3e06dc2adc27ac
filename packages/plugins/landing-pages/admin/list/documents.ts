import { graphql } from '../graphql/index.ts'

export const PagesDocument = graphql(`
  query LandingPages(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: PageFilter
    $orderBy: PageOrder
    $traffic: Boolean!
  ) {
    pages(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount @include(if: $count)
      pageInfo { hasNextPage endCursor startCursor }
      nodes {
        id
        title
        slug
        status
        language
        url
        createdAt
        updatedAt
        publishedAt
        lastSavedBy
        accessibilityScore
        experiment { id name status }
        variants { id hasUnpublishedChanges }
        traffic(days: 28) @include(if: $traffic) {
          from
          total { visitors conversions conversionRate }
          previous { visitors conversionRate }
          days { at visitors }
        }
      }
    }
  }
`)

export const ArchivePage = graphql(`
  mutation ArchivePage($id: ID!) {
    archivePage(id: $id) {
      ... on ArchivePageSuccess { data { id status } }
      ... on Error { code message }
    }
  }
`)

export const UnarchivePage = graphql(`
  mutation UnarchivePage($id: ID!) {
    unarchivePage(id: $id) {
      ... on UnarchivePageSuccess { data { id status } }
      ... on Error { code message }
    }
  }
`)

export const PublishFromList = graphql(`
  mutation PublishPageFromList($id: ID!) {
    publishPage(id: $id) {
      ... on PublishPageSuccess { data { id status publishedAt variants { id hasUnpublishedChanges } } }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

export const CreatePage = graphql(`
  mutation CreatePage($input: CreatePageInput!) {
    createPage(input: $input) {
      ... on CreatePageSuccess { data { id slug } }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

export const DuplicatedPage = graphql(`
  query DuplicatedPage($id: ID!) {
    node(id: $id) { ... on Page { id title slug language variants { id key content } } }
  }
`)

export const StartersDocument = graphql(`
  query PageStarters($language: String!) {
    pageStarters { key title purpose content(language: $language) }
    pageStyles
    pageBlocks { type label }
  }
`)
