import type { Builder } from './builder.ts'

export type SchemaEnumRef = ReturnType<typeof schemaEnum>

/** `ApiSchema`: which of the two schemas something is about. */
export function schemaEnum(builder: Builder) {
  return builder.enumType('ApiSchema', {
    description: 'One of the two schemas of this API.',
    values: {
      ADMIN: { value: 'admin', description: 'Everything, at /graphql.' },
      PUBLIC: { value: 'public', description: 'What integrations may rely on, at /graphql/public.' },
    } as const,
  })
}
