import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../clock.ts'
import type { SqlDb, SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, InvalidInputError } from '../errors.ts'
import type { Role } from './principal.ts'

export interface NewWorkspace {
  name: string
  /** In addresses: lower-case words joined by hyphens. */
  slug: string
  ownerId: string
}

/**
 * Makes a workspace with its first owner. Call inside a transaction of the system door: the workspace is not
 * there yet.
 * @throws ConflictError when the slug is taken, InvalidInputError when it is malformed
 */
export async function insertWorkspace(
  tx: Pick<SystemDb, 'query'>,
  clock: Clock,
  input: NewWorkspace,
): Promise<{ id: string; name: string; slug: string }> {
  const name = checkedName(input.name)
  const slug = checkedSlug(input.slug)
  const id = uuidv7()
  const [made] = await tx.query(sql`
    insert into "Workspace" ("id", "name", "slug", "createdAt") values (${id}, ${name}, ${slug}, ${clock.now()})
    on conflict ("slug") do nothing returning "id"`)
  if (!made)
    throw new ConflictError({
      en: `There is already a workspace "${slug}". Choose another slug.`,
      fr: `Il y a déjà un espace « ${slug} ». Choisissez un autre identifiant.`,
    })
  await tx.query(sql`
    insert into "Member" ("workspaceId", "id", "userId", "role", "createdAt")
    values (${id}, ${uuidv7()}, ${input.ownerId}, 'owner', ${clock.now()})`)
  return { id, name, slug }
}

/** Makes a person a member of the workspace that `db` is in. */
export async function addMember(db: SqlDb, clock: Clock, userId: string, role: Role): Promise<{ id: string }> {
  const id = uuidv7()
  const [made] = await db.query(sql`
    insert into "Member" ("workspaceId", "id", "userId", "role", "createdAt")
    values (${db.workspaceId}, ${id}, ${userId}, ${role}, ${clock.now()})
    on conflict ("workspaceId", "userId") do nothing returning "id"`)
  if (!made)
    throw new ConflictError({
      en: 'That person is already a member of this workspace.',
      fr: 'Cette personne est déjà membre de cet espace.',
    })
  return { id }
}

export function checkedName(name: string): string {
  const trimmed = name.trim()
  if (trimmed.length >= 1 && trimmed.length <= 100) return trimmed
  throw InvalidInputError.of('input.name', 'LENGTH', {
    en: 'A name has 1 to 100 characters.',
    fr: 'Un nom compte de 1 à 100 caractères.',
  })
}

export function checkedSlug(slug: string): string {
  if (slug.length <= 60 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) return slug
  throw InvalidInputError.of('input.slug', 'SLUG', {
    en: `"${slug}" is not a slug: lower-case letters, digits and single hyphens, 60 at most.`,
    fr: `« ${slug} » n’est pas un identifiant d’adresse : minuscules, chiffres et tirets simples, 60 au plus.`,
  })
}
