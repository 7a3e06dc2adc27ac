import { accessTypes } from '../access/accessTypes.ts'
import { jobTypes } from '../jobs/jobTypes.ts'
import type { Builder } from '../schema/builder.ts'
import type { Kernel } from './kernel.ts'
import { pluginTypes } from './pluginTypes.ts'

/** The GraphQL types that every installation has, whatever its plugins. */
export function kernelTypes(kernel: Kernel): ((builder: Builder) => void)[] {
  return [
    accessTypes(kernel.access),
    (builder) => jobTypes(builder, kernel.jobs),
    (builder) => pluginTypes(builder, kernel.plugins, kernel.settings),
  ]
}
