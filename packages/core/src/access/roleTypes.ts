import type { EnumRef } from '@pothos/core'
import type { Builder, BuilderTypes } from '../schema/builder.ts'
import type { Role } from './principal.ts'

export type RoleRef = EnumRef<BuilderTypes, Role>

/** The enum of roles. */
export function roleEnum(builder: Builder): RoleRef {
  return builder.enumType('Role', {
    description: "A person's place in a workspace. Each role holds what the ones below it hold.",
    values: {
      OWNER: { value: 'owner', description: 'Everything, and who else is an owner.' },
      ADMIN: { value: 'admin', description: 'Everything but owners: members, API keys, the audit trail.' },
      EDITOR: { value: 'editor', description: 'Makes and changes things.' },
      VIEWER: { value: 'viewer', description: 'Sees things.' },
    } as const,
  }) as unknown as RoleRef
}
