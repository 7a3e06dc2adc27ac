import { defineJob } from '@espalier/core'
import { z } from 'zod'
import type { Imports } from './imports.ts'

/** Makes what an import has planned. A run that is broken off goes on where it was. */
export const importExperiments = defineJob({
  name: 'experiments.import',
  input: z.object({ importId: z.uuid() }),
  singletonKey: ({ importId }) => importId,
  timeoutSeconds: 3_600,
  concurrency: 1,
  run: async ({ importId }, context, { imports }: { readonly imports: Imports }, { signal }) =>
    imports.run(context, importId, { signal }),
})
