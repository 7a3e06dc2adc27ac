import type { Builder } from '../schema/builder.ts'
import type { FirstRun } from '../setup/firstRun.ts'
import { setUpTypes } from '../setup/setUpTypes.ts'
import type { Access } from './access.ts'
import { apiKeyTypes } from './apiKeyTypes.ts'
import { auditTypes } from './auditTypes.ts'
import { invitationTypes } from './invitationTypes.ts'
import { memberTypes } from './memberTypes.ts'
import { roleEnum } from './roleTypes.ts'
import { sessionTypes } from './sessionTypes.ts'
import { signInTypes } from './signInTypes.ts'
import { takenInvitationTypes } from './takenInvitationTypes.ts'
import { viewerTypes } from './viewerTypes.ts'
import { workspaceTypes } from './workspaceTypes.ts'

/** The GraphQL types of access: who asks, workspaces, members, invitations, API keys, the audit trail. */
export function accessTypes(access: Access, firstRun?: FirstRun): (builder: Builder) => void {
  return (builder) => {
    const Role = roleEnum(builder)
    const { User, Viewer, WorkspaceAccess } = viewerTypes(builder, access, Role)
    signInTypes(builder, access, { User, Viewer })
    sessionTypes(builder, access, Viewer)
    if (firstRun) setUpTypes(builder, access, firstRun, { Viewer, WorkspaceAccess })
    takenInvitationTypes(builder, access, { Viewer, Role })
    workspaceTypes(builder, access, WorkspaceAccess)
    memberTypes(builder, access, Role)
    invitationTypes(builder, access, Role)
    apiKeyTypes(builder, access, Role)
    auditTypes(builder, access)
  }
}
