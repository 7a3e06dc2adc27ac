import type { LiveSource } from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'

const SettingsChangesDocument = graphql(`
  subscription SettingsChanges($types: [String!]!) {
    changes(types: $types) {
      everything
    }
  }
`)

/** For queries and lists: asked again once others have made, changed or deleted something of these kinds. */
export function changesOf(...types: string[]): LiveSource {
  return { document: SettingsChangesDocument, variables: { types }, again: true }
}
