import type { CodegenConfig } from '@graphql-codegen/cli'

/** Types for what the admin asks of the API, from the committed schema. Runs when the admin is built. */
const config: CodegenConfig = {
  schema: 'docs/schema/admin.graphql',
  documents: [
    'packages/admin/src/**/*.{ts,tsx}',
    'packages/plugins/*/admin/**/*.{ts,tsx}',
    '!packages/admin/src/graphql/**',
  ],
  ignoreNoDocuments: true,
  generates: {
    'packages/admin/src/graphql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        // Documents as strings: the browser needs no GraphQL parser.
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
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
  },
}

export default config
