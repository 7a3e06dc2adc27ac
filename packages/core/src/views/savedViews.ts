import { v7 as uuidv7 } from 'uuid'
import { may } from '../access/principal.ts'
import type { SqlContext } from '../context.ts'
import { prepared, sql } from '../data/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts'
import type { Told } from '../told.ts'

/** How a list of the admin is set, under a name. */
export interface SavedView {
  readonly id: string
  readonly list: string
  readonly name: string
  /** As the admin wrote it. */
  readonly state: unknown
  readonly shared: boolean
  readonly ownerId: string
  /** Null once they have left the workspace. */
  readonly ownerName: string | null
  readonly updatedAt: Date
}

export interface SavedViewInput {
  /** Of the view to change; without it a new one is made. */
  readonly id?: string | undefined
  readonly list: string
  readonly name: string
  readonly state?: unknown
  readonly shared: boolean
}

/** Views that one person keeps of one list. */
export const viewsOfAPerson = 50
/** Views of one list that a workspace shares. */
export const sharedViews = 100
/** Of a view's state as JSON, bytes. */
export const stateBytes = 8 * 1024

/** The views of a list that the principal sees: their own and the shared ones, by name. */
export function readViews(context: SqlContext, list: string): Promise<SavedView[]> {
  return context.db.query<SavedView>(selectList(list, personOf(context)))
}

/**
 * Makes or changes a view. What is shared, everybody who may share may change; whose it is stays. Inside a transaction.
 *
 * @throws ForbiddenError for sharing without `settings:write`, NotFoundError for another's view, ConflictError for a
 *   name that is taken or a limit that is reached
 */
export async function saveView(
  context: SqlContext,
  input: SavedViewInput,
): Promise<{ before: SavedView | undefined; after: SavedView }> {
  const name = input.name.trim()
  const state = checkedState(input.state)
  const person = personOf(context)
  if (!person) throw new ForbiddenError(forPeople)
  // Two tabs at once would both see room for one more.
  await context.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`views ${context.workspaceId}`}, 0))`)
  const before = input.id === undefined ? undefined : await changeable(context, input.id)
  if ((input.shared || before?.shared) && !may(context.principal, 'settings:write'))
    throw new ForbiddenError(sharingForbidden)
  if (before?.shared && !input.shared && before.ownerId !== person) throw new ForbiddenError(onlyOwnerTakesBack)
  const ownerId = before?.ownerId ?? person
  const list = before?.list ?? input.list
  await refuseTaken(context, { id: before?.id, list, name, ownerId })
  if (!before) await refuseBeyond(context, 'own', list, ownerId)
  if (input.shared && !before?.shared) await refuseBeyond(context, 'shared', list, ownerId)
  const id = before?.id ?? uuidv7()
  const now = context.clock.now()
  await context.db.query(sql`
    insert into "SavedView" ("id", "list", "name", "state", "ownerId", "shared", "createdAt", "updatedAt")
    values (${id}, ${list}, ${name}, ${state}::jsonb, ${ownerId}, ${input.shared}, ${now}, ${now})
    on conflict ("workspaceId", "id") do update set "name" = excluded."name", "state" = excluded."state",
      "shared" = excluded."shared", "updatedAt" = excluded."updatedAt"`)
  const [after] = await context.db.query<SavedView>(selectView(id, person))
  if (!after) throw new NotFoundError('SavedView', id)
  return { before, after }
}

/** @throws NotFoundError for another's view; ForbiddenError for a shared one without `settings:write` */
export async function deleteView(context: SqlContext, id: string): Promise<SavedView> {
  const view = await changeable(context, id)
  if (view.shared && view.ownerId !== personOf(context) && !may(context.principal, 'settings:write'))
    throw new ForbiddenError(sharingForbidden)
  await context.db.query(sql`delete from "SavedView" where "id" = ${id}`)
  return view
}

const seenViews = `
  select v."id", v."list", v."name", v."state", v."shared", v."ownerId", u."name" as "ownerName", v."updatedAt"
  from "SavedView" v
    left join "Member" m on m."workspaceId" = v."workspaceId" and m."userId" = v."ownerId"
    left join "User" u on u."id" = m."userId"
  where (v."shared" or v."ownerId" = $2)`

const selectList = prepared(
  'core_saved_views',
  `${seenViews} and v."list" = $1 order by v."shared", lower(v."name"), v."id"`,
)
const selectView = prepared('core_saved_view', `${seenViews} and v."id" = $1`)

/** Keys and the system keep no views: null is nobody's. */
function personOf({ principal }: SqlContext): string | null {
  return principal.type === 'user' ? principal.id : null
}

/** A view that the person sees: another's own does not exist for them. */
async function changeable(context: SqlContext, id: string): Promise<SavedView> {
  const [view] = await context.db.query<SavedView>(selectView(id, personOf(context)))
  if (view) return view
  throw new NotFoundError('SavedView', id, gone)
}

async function refuseTaken(
  context: SqlContext,
  view: { id: string | undefined; list: string; name: string; ownerId: string },
): Promise<void> {
  const [taken] = await context.db.query(sql`
    select from "SavedView" where "list" = ${view.list} and "ownerId" = ${view.ownerId} and "name" = ${view.name}
      and "id" is distinct from ${view.id ?? null}::uuid`)
  if (taken)
    throw new ConflictError({
      en: `There is already a view "${view.name}" of this list. Choose another name, or change that one.`,
      fr: `Cette liste a déjà une vue « ${view.name} ». Choisissez un autre nom, ou modifiez cette vue.`,
    })
}

async function refuseBeyond(context: SqlContext, kind: 'own' | 'shared', list: string, ownerId: string): Promise<void> {
  const [held] = await context.db.query<{ count: number }>(
    kind === 'own'
      ? sql`select count(*)::int as "count" from "SavedView" where "list" = ${list} and "ownerId" = ${ownerId}`
      : sql`select count(*)::int as "count" from "SavedView" where "list" = ${list} and "shared"`,
  )
  const most = kind === 'own' ? viewsOfAPerson : sharedViews
  if ((held?.count ?? 0) < most) return
  throw new ConflictError(
    kind === 'own'
      ? {
          en: `You keep ${most} views of this list, which is the limit. Delete one that you no longer need.`,
          fr: `Vous gardez ${most} vues de cette liste : c’est la limite. Supprimez-en une dont vous n’avez plus besoin.`,
        }
      : {
          en: `The workspace shares ${most} views of this list, which is the limit. Delete one that nobody needs any more.`,
          fr: `L’espace de travail partage ${most} vues de cette liste : c’est la limite. Supprimez-en une qui ne sert plus.`,
        },
  )
}

function checkedState(state: unknown): string {
  const text: string | undefined = JSON.stringify(state)
  if (text === undefined || state === null || typeof state !== 'object' || Array.isArray(state))
    throw InvalidInputError.of('input.state', 'INVALID_TYPE', {
      en: 'The state of a view is an object.',
      fr: 'L’état d’une vue est un objet.',
    })
  if (Buffer.byteLength(text) > stateBytes)
    throw InvalidInputError.of('input.state', 'TOO_BIG', {
      en: `The state of a view has at most ${stateBytes} bytes; this one has ${Buffer.byteLength(text)}. Use fewer filters.`,
      fr: `L’état d’une vue compte au plus ${stateBytes} octets ; celui-ci en a ${Buffer.byteLength(text)}. Utilisez moins de filtres.`,
    })
  return text
}

const forPeople: Told = {
  en: 'Views belong to people: an API key cannot keep one.',
  fr: 'Les vues appartiennent à des personnes : une clé d’API ne peut pas en garder.',
}
const sharingForbidden: Told = {
  en: 'Sharing a view, and changing one that is shared, takes the permission "settings:write". Keep it for yourself, or ask an editor.',
  fr: 'Partager une vue, ou modifier une vue partagée, demande la permission « settings:write ». Gardez-la pour vous, ou demandez à un éditeur.',
}
const onlyOwnerTakesBack: Told = {
  en: 'Only the person who made a view can take it back for themselves. Delete it, or save your own under another name.',
  fr: 'Seule la personne qui a créé une vue peut la reprendre pour elle. Supprimez-la, ou enregistrez la vôtre sous un autre nom.',
}
const gone: Told = {
  en: 'There is no such view any more. Somebody may have deleted it.',
  fr: 'Cette vue n’existe plus. Quelqu’un l’a peut-être supprimée.',
}
