import type { SqlContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts'
import type { Permissions } from './permissions.ts'
import type { Principal, Role } from './principal.ts'

/** A person's place in a workspace. */
export interface Member {
  readonly id: string
  readonly userId: string
  readonly role: Role
}

/**
 * Changes who is in a workspace and as what. What the database says counts at once: the next request, and
 * within seconds every open subscription, has the new rights. Call inside a transaction.
 *
 * Three rules hold whatever the caller may do:
 * - a workspace keeps at least one owner;
 * - only owners make owners, demote or remove them;
 * - nobody hands out a role that holds more than they do.
 */
export class Members {
  readonly #permissions: Permissions

  constructor(permissions: Permissions) {
    this.#permissions = permissions
  }

  /** @throws NotFoundError, ForbiddenError, or ConflictError when it would leave no owner */
  async changeRole(context: SqlContext, memberId: string, role: Role): Promise<{ before: Member; after: Member }> {
    const { member, owners } = await this.#lock(context, memberId)
    this.assertMayGrant(context.principal, role)
    this.#assertMayTouch(context.principal, member)
    if (member.role === 'owner' && role !== 'owner') assertNotLast(owners, 'demote')
    await context.db.query(
      sql`update "Member" set "role" = ${role} where "workspaceId" = ${context.workspaceId} and "id" = ${member.id}`,
    )
    return { before: member, after: { ...member, role } }
  }

  /** @throws NotFoundError, ForbiddenError, or ConflictError when it would leave no owner */
  async remove(context: SqlContext, memberId: string): Promise<Member> {
    const { member, owners } = await this.#lock(context, memberId)
    this.#assertMayTouch(context.principal, member)
    if (member.role === 'owner') assertNotLast(owners, 'remove')
    await this.#delete(context, member)
    return member
  }

  /** Leaves the workspace that the principal is in. @throws ConflictError for the last owner */
  async leave(context: SqlContext): Promise<Member> {
    const { principal } = context
    if (principal.type !== 'user')
      throw new ForbiddenError({
        en: 'Only a person can leave a workspace.',
        fr: 'Seule une personne peut quitter un espace.',
      })
    const [own] = await context.db.query<{ id: string }>(
      sql`select "id" from "Member" where "workspaceId" = ${context.workspaceId} and "userId" = ${principal.id}`,
    )
    if (!own) throw new NotFoundError('member', principal.id)
    const { member, owners } = await this.#lock(context, own.id)
    if (member.role === 'owner') assertNotLast(owners, 'leave')
    await this.#delete(context, member)
    return member
  }

  /** @throws ForbiddenError when the principal holds less than the role does */
  assertMayGrant(principal: Principal, role: Role): void {
    if (principal.type === 'system') return
    if (role === 'owner' && !isOwner(principal))
      throw new ForbiddenError({
        en: 'Only an owner can make somebody an owner.',
        fr: 'Seul un propriétaire peut en nommer un autre.',
      })
    const beyond = [...this.#permissions.ofRole(role)].find((permission) => !principal.permissions.has(permission))
    if (beyond)
      throw new ForbiddenError({
        en: `The role "${role}" holds "${beyond}", which you do not: you cannot grant it.`,
        fr: `Le rôle « ${role} » comprend « ${beyond} », que vous n’avez pas : vous ne pouvez pas l’accorder.`,
      })
  }

  #assertMayTouch(principal: Principal, member: Member): void {
    if (member.role !== 'owner' || principal.type === 'system' || isOwner(principal)) return
    throw new ForbiddenError({
      en: 'Only an owner can demote or remove an owner.',
      fr: 'Seul un propriétaire peut rétrograder ou retirer un propriétaire.',
    })
  }

  /** The member and the owners, locked in one order: two owners who demote each other wait, then one fails. */
  async #lock(context: SqlContext, memberId: string): Promise<{ member: Member; owners: number }> {
    const rows = await context.db.query<Member>(sql`
      select "id", "userId", "role" from "Member"
      where "workspaceId" = ${context.workspaceId} and ("role" = 'owner' or "id" = ${memberId})
      order by "id" for update`)
    const member = rows.find((row) => row.id === memberId)
    if (!member) throw new NotFoundError('member', memberId)
    return { member, owners: rows.filter((row) => row.role === 'owner').length }
  }

  async #delete(context: SqlContext, member: Member): Promise<void> {
    await context.db.query(
      sql`delete from "Member" where "workspaceId" = ${context.workspaceId} and "id" = ${member.id}`,
    )
    // Nobody else has ever seen these; what they shared stays with those who use it.
    await context.db.query(sql`delete from "SavedView" where "ownerId" = ${member.userId} and not "shared"`)
  }
}

function isOwner(principal: Principal): boolean {
  return principal.type === 'user' && principal.role === 'owner'
}

function assertNotLast(owners: number, deed: 'demote' | 'remove' | 'leave'): void {
  if (owners > 1) return
  const said = {
    demote: { en: 'The last owner cannot be demoted', fr: 'Le dernier propriétaire ne peut pas être rétrogradé' },
    remove: { en: 'The last owner cannot be removed', fr: 'Le dernier propriétaire ne peut pas être retiré' },
    leave: { en: 'The last owner cannot leave', fr: 'Le dernier propriétaire ne peut pas partir' },
  }
  throw new ConflictError({
    en: `${said[deed].en}. Make somebody else an owner first.`,
    fr: `${said[deed].fr}. Nommez d’abord un autre propriétaire.`,
  })
}
