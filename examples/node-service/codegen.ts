import { fileURLToPath } from 'node:url'
import type { CodegenConfig } from '@graphql-codegen/cli'

/** Types of the operations in this folder, from the schema that the client brings: no server is asked. */
const config: CodegenConfig = {
  schema: fileURLToPath(import.meta.resolve('@espalier/client/public.graphql')),
  documents: ['src/**/*.ts', '!src/graphql/**'],
  generates: {
    'src/graphql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        // The client sends documents as text.
        documentMode: 'string',
        useTypeImports: true,
        importExtension: '.ts',
        enumType: 'string-literal',
        scalars: { DateTime: 'string', JSON: 'unknown', SafeInt: 'number' },
      },
    },
  },
}

export default config
