import type { Builder } from '../schema/builder.ts'
import type { Access } from './access.ts'
import { apiKeyTypes } from './apiKeyTypes.ts'
import { auditTypes } from './auditTypes.ts'
import { invitationTypes } from './invitationTypes.ts'
import { memberTypes } from './memberTypes.ts'
import { roleEnum } from './roleTypes.ts'
import { viewerTypes } from './viewerTypes.ts'
import { workspaceTypes } from './workspaceTypes.ts'

/** The GraphQL types of access: who asks, workspaces, members, invitations, API keys, the audit trail. */
export function accessTypes(access: Access): (builder: Builder) => void {
  return (builder) => {
    const Role = roleEnum(builder)
    const { WorkspaceAccess } = viewerTypes(builder, access, Role)
    workspaceTypes(builder, access, WorkspaceAccess)
    memberTypes(builder, access, Role)
    invitationTypes(builder, access, Role)
    apiKeyTypes(builder, access, Role)
    auditTypes(builder)
  }
}
