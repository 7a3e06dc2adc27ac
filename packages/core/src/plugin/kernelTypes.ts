import corePackage from '../../package.json' with { type: 'json' }
import { accessTypes } from '../access/accessTypes.ts'
import { workspaceDeletionTypes } from '../access/workspaceDeletionTypes.ts'
import { apiUseTypes } from '../apiUse/apiUseTypes.ts'
import { healthTypes } from '../health/healthTypes.ts'
import { jobTypes } from '../jobs/jobTypes.ts'
import { limitTypes } from '../limits/limitTypes.ts'
import { changeTypes } from '../live/changeTypes.ts'
import type { Builder } from '../schema/builder.ts'
import { schemaEnum } from '../schema/schemaEnum.ts'
import { trustedDocumentTypes } from '../trustedDocuments/trustedDocumentTypes.ts'
import { savedViewTypes } from '../views/savedViewTypes.ts'
import type { Kernel } from './kernel.ts'
import { pluginTypes } from './pluginTypes.ts'

const { version } = corePackage

/** The GraphQL types that every installation has, whatever its plugins. */
export function kernelTypes(kernel: Kernel): ((builder: Builder) => void)[] {
  return [
    accessTypes(kernel.access, kernel.firstRun),
    (builder) => {
      const Schema = schemaEnum(builder)
      apiUseTypes(builder, Schema)
      trustedDocumentTypes(builder, Schema, kernel.trustedDocuments)
    },
    (builder) => workspaceDeletionTypes(builder, kernel.access, kernel.jobs),
    (builder) => jobTypes(builder, kernel.jobs),
    (builder) => pluginTypes(builder, kernel.plugins, kernel.settings),
    savedViewTypes,
    (builder) => healthTypes(builder, kernel.health, version),
    (builder) => limitTypes(builder, kernel.limits),
    (builder) => changeTypes(builder, kernel.live),
  ]
}
