import { type SystemContext, sql } from '@espalier/core'
import type { MailLanguage } from '@espalier/mail'

/** A member of a workspace, as far as writing to them goes. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  /** Whether they are an owner or an admin. */
  readonly admin: boolean
  readonly language: MailLanguage
  readonly workspaceName: string
}

/** Who the members of workspaces are. People belong to no workspace, so this asks through the second door. */
export class People {
  readonly #system: SystemContext['system']

  constructor(system: SystemContext) {
    this.#system = system.system
  }

  /** @returns undefined for who is no member of the workspace, or no longer */
  async find(workspaceId: string, userId: string): Promise<Person | undefined> {
    const [row] = await this.#system.query<Omit<Person, 'language'> & { locale: string }>(sql`
      select person."id", person."name", person."email", person."locale",
        member."role" in ('owner', 'admin') as "admin", workspace."name" as "workspaceName"
      from "Member" member join "User" person on person."id" = member."userId"
        join "Workspace" workspace on workspace."id" = member."workspaceId"
      where member."workspaceId" = ${workspaceId} and member."userId" = ${userId}`)
    if (!row) return undefined
    const { locale, ...person } = row
    return { ...person, language: locale.startsWith('fr') ? 'fr' : 'en' }
  }
}
