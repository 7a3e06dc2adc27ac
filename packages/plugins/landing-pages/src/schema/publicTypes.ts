import { type Builder, type BuilderTypes, both } from '@espalier/core'

type Fields<Shape> = NonNullable<PothosSchemaTypes.ObjectTypeOptions<BuilderTypes, Shape>['fields']>

/** A type without a table that goes with pages: whoever may see pages sees it. Also in the public schema. */
export function pageObject<Shape extends object>(
  builder: Builder,
  name: string,
  { description, fields }: { description: string; fields: Fields<Shape> },
) {
  return builder
    .objectRef<Shape>(name)
    .implement({ description, authScopes: { permission: 'pages:read' }, subGraphs: both, fields })
}
