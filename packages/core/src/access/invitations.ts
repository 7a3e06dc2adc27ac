import { createHmac, timingSafeEqual } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../clock.ts'
import type { SqlContext } from '../context.ts'
import type { SqlDb, SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts'
import { recordAudit } from './auditTrail.ts'
import { derivedKey } from './derivedKey.ts'
import type { Members } from './members.ts'
import { isRole } from './permissions.ts'
import type { Role } from './principal.ts'
import { addMember } from './workspaces.ts'

/** An invitation that waits for an answer. */
export interface PendingInvitation {
  readonly id: string
  readonly workspaceId: string
  readonly workspaceName: string
  readonly email: string
  readonly role: Role
  readonly expiresAt: Date
}

/** Whoever takes an invitation, and where from. */
export interface Invitee {
  readonly id: string
  readonly name: string
  readonly email: string
  /** The session that takes it; it goes on in the workspace. */
  readonly sessionId?: string
  readonly ipAddress?: string | undefined
  readonly userAgent?: string | undefined
}

export const invitationDays = 7

/**
 * Asks people into a workspace. The link is the invitation: it carries a token that only this installation
 * can make, so knowing an invitation's id (which every member may see) is not enough to take it.
 */
export class Invitations {
  readonly #members: Members
  readonly #clock: Clock
  readonly #publicUrl: string
  readonly #key: Buffer
  readonly #changed: (workspaceId: string, resourceType: string) => void

  constructor(options: {
    members: Members
    clock: Clock
    publicUrl: string
    secret: Uint8Array
    /** Told after somebody has come. */
    changed: (workspaceId: string, resourceType: string) => void
  }) {
    this.#members = options.members
    this.#clock = options.clock
    this.#publicUrl = options.publicUrl
    this.#key = derivedKey(options.secret, 'invitations')
    this.#changed = options.changed
  }

  /**
   * Invites an address; an earlier invitation of the same address is canceled. Call inside a transaction.
   * @throws InvalidInputError, ConflictError for a member, ForbiddenError for a role beyond the inviter's own
   */
  async invite(
    context: SqlContext,
    input: { email: string; role: Role },
  ): Promise<{ invitation: Omit<PendingInvitation, 'workspaceName'>; link: string }> {
    const { db, workspaceId, principal } = context
    if (principal.type !== 'user')
      throw new ForbiddenError({
        en: 'An invitation is sent by a person: sign in to invite somebody.',
        fr: 'Une invitation vient d’une personne : connectez-vous pour inviter quelqu’un.',
      })
    this.#members.assertMayGrant(principal, input.role)
    const email = checkedEmail(input.email)
    const [member] = await db.query(sql`
      select from "Member" join "User" on "User"."id" = "Member"."userId"
      where "Member"."workspaceId" = ${workspaceId} and "User"."email" = ${email}`)
    if (member)
      throw new ConflictError({
        en: `${email} is already a member of this workspace.`,
        fr: `${email} est déjà membre de cet espace.`,
      })
    await db.query(sql`
      update "Invitation" set "status" = 'canceled'
      where "workspaceId" = ${workspaceId} and "email" = ${email} and "status" = 'pending'`)
    const id = uuidv7()
    const now = this.#clock.now()
    const expiresAt = new Date(now.getTime() + invitationDays * 24 * 3600_000)
    await db.query(sql`
      insert into "Invitation" ("workspaceId", "id", "email", "role", "status", "expiresAt", "inviterId", "createdAt")
      values (${workspaceId}, ${id}, ${email}, ${input.role}, 'pending', ${expiresAt}, ${principal.id}, ${now})`)
    return { invitation: { id, workspaceId, email, role: input.role, expiresAt }, link: this.link(id) }
  }

  /** @throws NotFoundError when none is pending under this id */
  async cancel(context: SqlContext, id: string): Promise<{ id: string; email: string; role: string }> {
    const [canceled] = await context.db.query<{ id: string; email: string; role: string }>(sql`
      update "Invitation" set "status" = 'canceled'
      where "workspaceId" = ${context.workspaceId} and "id" = ${id} and "status" = 'pending' returning "id", "email", "role"`)
    if (!canceled) throw new NotFoundError('pending invitation', id)
    return canceled
  }

  /** What the invited person opens. */
  link(id: string): string {
    return `${this.#publicUrl}/invitation?token=${this.#token(id)}`
  }

  /** The invitation that a link's token stands for. @throws NotFoundError for a forged, used, canceled or expired one */
  async find(system: Pick<SystemDb, 'query'>, token: string): Promise<PendingInvitation> {
    const id = this.#readToken(token)
    // The system door: whoever holds the link is not a member yet.
    const [invitation] = id
      ? await system.query<PendingInvitation & { status: string }>(sql`
          select i."id", i."workspaceId", w."name" as "workspaceName", i."email", i."role", i."expiresAt", i."status"
          from "Invitation" i join "Workspace" w on w."id" = i."workspaceId" where i."id" = ${id} for update of i`)
      : []
    if (invitation?.status === 'pending' && invitation.expiresAt > this.#clock.now() && isRole(invitation.role))
      return invitation
    throw new InvitationGone()
  }

  /**
   * Makes the invited person a member. Twice is once: of two at the same time the second finds it gone.
   * @throws ForbiddenError when the invitation is for another address
   */
  async accept(system: SystemDb, token: string, invitee: Invitee): Promise<{ workspaceId: string; role: Role }> {
    const accepted = await system.transaction(async (tx) => {
      const invitation = await this.find(tx, token)
      const { workspaceId, role } = invitation
      if (invitation.email !== invitee.email.toLowerCase()) {
        throw new ForbiddenError({
          en: `This invitation is for ${invitation.email}, and you are signed in as ${invitee.email}. Sign out first.`,
          fr: `Cette invitation est pour ${invitation.email}, et vous êtes connecté en tant que ${invitee.email}. Déconnectez-vous d’abord.`,
        })
      }
      await tx.query(
        sql`update "Invitation" set "status" = 'accepted' where "workspaceId" = ${workspaceId} and "id" = ${invitation.id}`,
      )
      const db: SqlDb = { workspaceId, inTransaction: true, query: tx.query }
      const member = await addMember(db, this.#clock, invitee.id, role)
      if (invitee.sessionId) {
        await tx.query(sql`update "Session" set "activeWorkspaceId" = ${workspaceId} where "id" = ${invitee.sessionId}`)
      }
      await recordAudit(db, {
        action: 'acceptInvitation',
        principal: { type: 'user', id: invitee.id, name: invitee.name },
        at: this.#clock.now(),
        change: {
          resourceType: 'Member',
          resourceId: member.id,
          after: { userId: invitee.id, email: invitee.email, role },
        },
        ipAddress: invitee.ipAddress,
        userAgent: invitee.userAgent,
      })
      return { workspaceId, role }
    })
    // Both lists: who is here, and who is still expected.
    for (const type of ['Member', 'Invitation']) this.#changed(accepted.workspaceId, type)
    return accepted
  }

  /** The id and half of its HMAC-SHA-256: 32 bytes in base64url. */
  #token(id: string): string {
    return Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), this.#mac(id)]).toString('base64url')
  }

  #readToken(token: string): string | undefined {
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length !== 32) return undefined
    const id = bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    return timingSafeEqual(bytes.subarray(16), this.#mac(id)) ? id : undefined
  }

  #mac(id: string): Buffer {
    return createHmac('sha256', this.#key).update(id).digest().subarray(0, 16)
  }
}

/** Which of the reasons it is would tell a guesser more than the invited person needs. */
export class InvitationGone extends NotFoundError {
  constructor() {
    super('invitation', 'in this link')
    this.message = 'This invitation is no longer open: it was used, canceled or has expired. Ask for a new one.'
  }
}

export function checkedEmail(email: string, path = 'input.email'): string {
  const trimmed = email.trim().toLowerCase()
  if (trimmed.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(trimmed)) return trimmed
  throw InvalidInputError.of(path, 'EMAIL', {
    en: `"${email}" is not an email address.`,
    fr: `« ${email} » n’est pas une adresse e-mail.`,
  })
}
