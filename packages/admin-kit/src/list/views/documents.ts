import { graphql } from '../graphql/index.ts'

export const SavedViewsDocument = graphql(`
  query SavedViews($list: String!) {
    savedViews(list: $list) {
      id
      name
      shared
      mine
      ownerName
      state
    }
  }
`)

export const SaveViewDocument = graphql(`
  mutation SaveView($input: SaveViewInput!) {
    saveView(input: $input) {
      ... on SaveViewSuccess {
        data {
          id
          name
          shared
          mine
          ownerName
          state
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

export const DeleteViewDocument = graphql(`
  mutation DeleteView($id: ID!) {
    deleteView(id: $id) {
      ... on DeleteViewSuccess {
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
