import type { ObjectRef } from '@pothos/core'
import { z } from 'zod'
import { sql } from '../data/sql.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import type { Builder, BuilderTypes } from '../schema/builder.ts'
import { adminOnly } from '../schema/subGraphs.ts'
import type { Access } from './access.ts'
import type { Authenticated } from './authenticated.ts'
import { browserOf, systemOf } from './devices.ts'
import { type GoneSession, goneSessionType } from './goneSession.ts'
import { personalChange } from './personalChange.ts'
import { personOf } from './whoAsks.ts'

interface OpenSession {
  readonly id: string
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

const most = 100

/** `viewer.sessions`, and the mutations that end them. */
export function sessionTypes(builder: Builder, access: Access, Viewer: ObjectRef<BuilderTypes, Authenticated>): void {
  const Session = builder.objectRef<OpenSession>('ViewerSession').implement({
    description: 'Somewhere the person is signed in.',
    authScopes: { public: true },
    fields: (t) => ({
      id: t.globalID({
        description: 'Unique among everything in this API.',
        resolve: ({ id }) => ({ type: 'ViewerSession', id }),
      }),
      browser: t.string({
        nullable: true,
        description: 'Which browser or program, such as "Firefox"; null where it does not say.',
        resolve: ({ userAgent }) => browserOf(userAgent),
      }),
      system: t.string({
        nullable: true,
        description: 'On what, such as "Windows" or "iPhone"; null where it does not say.',
        resolve: ({ userAgent }) => systemOf(userAgent),
      }),
      userAgent: t.exposeString('userAgent', { nullable: true, description: 'As the browser names itself.' }),
      address: t.exposeString('ipAddress', { nullable: true, description: 'From which address it was begun.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was begun.' }),
      lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', description: 'When it was last used, to the minute.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends unless it is used.' }),
      current: t.boolean({
        description: 'Whether this request is in it.',
        resolve: ({ id }, _args, ctx) => ctx.authenticated?.user !== undefined && personOf(ctx).sessionId === id,
      }),
    }),
  })

  builder.objectField(Viewer, 'sessions', (t) =>
    t.field({
      type: [Session],
      subGraphs: adminOnly,
      description: 'Everywhere the person is signed in, the latest first; none for an API key.',
      extensions: { boundedList: `the latest ${most}: each ends by itself after a week` },
      resolve: (viewer) =>
        viewer.user
          ? // The system door: sessions belong to people.
            access.system.query<OpenSession>(sql`
              select "id", "ipAddress", "userAgent", "createdAt", "updatedAt" as "lastSeenAt", "expiresAt" from "Session"
              where "userId" = ${viewer.user.id} and "expiresAt" > ${access.clock.now()}
              order by "updatedAt" desc, "id" limit ${most}`)
          : [],
    }),
  )

  const Gone = goneSessionType(builder)

  builder.mutationField('revokeSession', (t) =>
    t.field({
      type: Gone,
      description: "Ends another of one's own sessions, at once.",
      authScopes: { signedIn: true },
      workspace: false,
      args: { id: t.arg.globalID({ required: true, description: 'The session.' }) },
      resolve: (_root, { id }, ctx) => {
        const user = personOf(ctx)
        if (id.typename !== 'ViewerSession' || !uuid.safeParse(id.id).success) throw new NotFoundError('Session', id.id)
        if (id.id === user.sessionId) throw new ConflictError(thisOne)
        return personalChange(access, ctx, ctx.authenticated?.workspaceId, 'revokeSession', async (tx) => {
          const [gone] = await tx.query<GoneSession>(
            sql`delete from "Session" where "id" = ${id.id} and "userId" = ${user.id} returning "id"`,
          )
          if (!gone) throw new NotFoundError('Session', id.id)
          return { result: gone, change: { resourceType: 'Session', resourceId: gone.id } }
        })
      },
    }),
  )

  builder.mutationField('revokeOtherSessions', (t) =>
    t.field({
      type: [Gone],
      description: "Ends all of one's own sessions but this one, at once.",
      authScopes: { signedIn: true },
      workspace: false,
      extensions: { boundedList: 'each ends by itself after a week' },
      resolve: (_root, _args, ctx) => {
        const user = personOf(ctx)
        return personalChange(access, ctx, ctx.authenticated?.workspaceId, 'revokeOtherSessions', async (tx) => {
          const gone = await tx.query<GoneSession>(
            sql`delete from "Session" where "userId" = ${user.id} and "id" <> ${user.sessionId} returning "id"`,
          )
          const ended = gone.map(({ id }) => id)
          return { result: gone, change: { resourceType: 'User', resourceId: user.id, before: { sessions: ended } } }
        })
      },
    }),
  )
}

const uuid = z.uuid()

const thisOne = {
  en: 'This is the session that you are in. Sign out to end it.',
  fr: 'C’est la session en cours. Déconnectez-vous pour la fermer.',
}
