import type { Builder } from '../schema/builder.ts'
import type { SchemaEnumRef } from '../schema/schemaEnum.ts'
import { deprecatedUseTypes } from './deprecatedUseTypes.ts'
import { operationTypes } from './operationTypes.ts'
import { usageTypes } from './usageTypes.ts'

/** What API keys ask for: `operations`, `usage` and `deprecatedUses` of a key. */
export function apiUseTypes(builder: Builder, Schema: SchemaEnumRef): void {
  operationTypes(builder, Schema)
  usageTypes(builder, Schema)
  deprecatedUseTypes(builder, Schema)
}
