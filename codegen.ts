import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CodegenConfig } from '@graphql-codegen/cli'
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'

/**
 * Types for what the admin asks of the API, from the committed schema: a folder `graphql/` of its own for the shell and
 * for every plugin's `admin/`, so that a page that is loaded later brings no more than its own documents.
 * Runs when the admin is built.
 */
const folders = ['packages/admin-kit/src/list', 'packages/admin/src', ...globSync('packages/plugins/*/admin').sort()]

/** Plugins that are not part of the product: what each adds to the schema stands beside its pages. */
const examples = globSync('examples/*/admin').sort()

/** Services that talk to the public schema; each has a configuration of its own as well, for those who copy it. */
const services = globSync('examples/*/codegen.ts').map((file) => `${dirname(file)}/src`)

const documentsOf = (folder: string) => [`${folder}/**/*.{ts,tsx}`, `!${folder}/graphql/**`]

const config: CodegenConfig = {
  schema: 'docs/schema/admin.graphql',
  ignoreNoDocuments: true,
  // While one writes, a mistake in one folder leaves the others with their types; what prepares a clone stops at it.
  allowPartialOutputs: process.env.ESPALIER_PREPARES === undefined,
  generates: {
    // Which concrete types an abstract one of a document's conditions may be: the browser knows no schema.
    'packages/admin-kit/src/client/graphql/possibleTypes.ts': {
      documents: folders.flatMap(documentsOf),
      plugins: ['./scripts/possibleTypes.mjs'],
      // Names are unique in a folder, not over all of them; each folder's own output checks them.
      config: { skipDocumentsValidation: true },
    },
    ...Object.fromEntries(
      [...folders, ...examples, ...services].map((folder) => [
        `${folder}/graphql/`,
        {
          ...(examples.includes(folder) ? { schema: `${folder}/schema.graphql` } : {}),
          ...(services.includes(folder) ? { schema: 'docs/schema/public.graphql' } : {}),
          documents: documentsOf(folder),
          preset: 'client',
          presetConfig: { fragmentMasking: false, persistedDocuments: true },
          documentTransforms: [addTypenameSelectionDocumentTransform],
          config: {
            // Documents as strings: the parser of the client is smaller than what parsed documents weigh.
            documentMode: 'string',
            useTypeImports: true,
            importExtension: '.ts',
            enumType: 'string-literal',
            scalars: {
              DateTime: 'string',
              Date: 'string',
              JSON: 'unknown',
              SafeInt: 'number',
              URL: 'string',
              EmailAddress: 'string',
              UUID: 'string',
            },
          },
        },
      ]),
    ),
  },
}

export default config
