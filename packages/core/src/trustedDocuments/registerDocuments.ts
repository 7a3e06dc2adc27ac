/** The mutation with which documents are registered; it is known where only known documents are run. */
export const registerDocumentsText = `mutation RegisterTrustedDocuments($input: RegisterTrustedDocumentsInput!) {
  registerTrustedDocuments(input: $input) {
    __typename
    ... on RegisterTrustedDocumentsSuccess { data { added documents { id hash name } } }
    ... on InvalidInputError { issues { path code message } }
    ... on Error { code message }
  }
}`
