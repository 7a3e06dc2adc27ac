import type { Clock } from '../clock.ts'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts'
import type { Told } from '../told.ts'

/** A workspace that is on its way out. */
export interface WorkspaceDeletion {
  readonly id: string
  readonly name: string
  readonly since: Date
  /** Of its rows, those that are deleted: from 0 to 1. */
  readonly share: number
}

export interface DeletionWish {
  readonly workspaceId: string
  /** What the owner typed: the workspace's name. */
  readonly name: string
  readonly userId: string
}

/**
 * Takes a workspace from everybody at once: its members, invitations and keys go, its slug is free, sessions that were in it
 * are in another one. Its rows are deleted afterwards, by the job. Call inside a transaction of the system door, for it
 * reaches into the sessions of people.
 *
 * @throws NotFoundError, ForbiddenError for who is not an owner, InvalidInputError for another name, ConflictError where it
 *   is the owner's only one: without any there would be nowhere to make another
 */
export async function markDeleted(
  tx: Pick<SystemDb, 'query'>,
  clock: Clock,
  { workspaceId, name, userId }: DeletionWish,
): Promise<WorkspaceDeletion> {
  const [workspace] = await tx.query<{ name: string; slug: string }>(sql`
    select "name", "slug" from "Workspace" where "id" = ${workspaceId} and "deletingSince" is null for update`)
  const memberships = await tx.query<{ workspaceId: string; role: string }>(sql`
    select "workspaceId", "role" from "Member" where "userId" = ${userId}`)
  const own = memberships.find((membership) => membership.workspaceId === workspaceId)
  if (!workspace || !own) throw new NotFoundError('Workspace', workspaceId)
  if (own.role !== 'owner') throw new ForbiddenError(ownersOnly)
  if (name.trim() !== workspace.name) throw InvalidInputError.of('name', 'OTHER_NAME', otherName(name, workspace.name))
  if (memberships.length === 1) throw new ConflictError(onlyOne)
  await tx.query(sql`
    update "Session" set "activeWorkspaceId" = (
      select m."workspaceId" from "Member" m
      where m."userId" = "Session"."userId" and m."workspaceId" <> ${workspaceId} order by m."createdAt" limit 1)
    where "activeWorkspaceId" = ${workspaceId}`)
  await tx.query(sql`delete from "ApiKey" where "workspaceId" = ${workspaceId}`)
  await tx.query(sql`delete from "Invitation" where "workspaceId" = ${workspaceId}`)
  await tx.query(sql`delete from "Member" where "workspaceId" = ${workspaceId}`)
  const since = clock.now()
  await tx.query(sql`
    update "Workspace" set "slug" = ${`deleted-${workspaceId}`}, "deletingSince" = ${since}, "deletingById" = ${userId}
    where "id" = ${workspaceId}`)
  return { id: workspaceId, name: workspace.name, since, share: 0 }
}

/** What somebody deletes at the moment, the latest first. What is done is not among it. */
export function deletionsOf(system: Pick<SystemDb, 'query'>, userId: string): Promise<WorkspaceDeletion[]> {
  return system.query<WorkspaceDeletion>(sql`
    select "id", "name", "deletingSince" as "since", "deletingShare" as "share" from "Workspace"
    where "deletingById" = ${userId} and "deletedAt" is null order by "deletingSince" desc limit 20`)
}

const ownersOnly: Told = {
  en: 'Only an owner of a workspace deletes it. Ask one, or leave it.',
  fr: 'Seul un propriétaire supprime un espace de travail. Demandez-lui, ou quittez-le.',
}

const onlyOne: Told = {
  en: 'It is the only workspace that you belong to. Make another one first, then delete this one.',
  fr: 'C’est le seul espace de travail dont vous êtes membre. Créez-en d’abord un autre, puis supprimez celui-ci.',
}

function otherName(typed: string, name: string): Told {
  return {
    en: `"${typed}" is not its name. Type "${name}" to delete it.`,
    fr: `« ${typed} » n’est pas son nom. Tapez « ${name} » pour le supprimer.`,
  }
}
