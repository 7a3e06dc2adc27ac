import { defineTopic } from '@espalier/core'

/** Something of an import was made: read it again. Key: the import's id. */
export const importChanged = defineTopic<{ importId: string }>({
  name: 'experiments.import',
  coalesce: (_, later) => later,
  afterGap: (importId) => ({ importId }),
})
