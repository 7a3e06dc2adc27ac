import type { ObjectRef } from '@pothos/core'
import { z } from 'zod'
import type { Access } from '../access/access.ts'
import type { AccessibleWorkspace, Authenticated } from '../access/authenticated.ts'
import { callSignIn, passwordLength, requireExchange } from '../access/signInCalls.ts'
import { viewerWith } from '../access/signInTypes.ts'
import { checkAccount } from '../access/takenInvitationTypes.ts'
import { InvalidInputError } from '../errors.ts'
import type { Builder, BuilderTypes } from '../schema/builder.ts'
import { isTimeZone } from '../timeZone.ts'
import type { FirstRun, Furnished, LivePage } from './firstRun.ts'

type Done = Furnished & { readonly viewer: Authenticated; readonly workspace: AccessibleWorkspace }

/** `setupState` and `setUp`: the first run of an installation. */
export function setUpTypes(
  builder: Builder,
  access: Access,
  firstRun: FirstRun,
  { Viewer, WorkspaceAccess }: PeopleTypes,
): void {
  const SetupState = builder.objectRef<{ needed: boolean }>('SetupState').implement({
    description: 'Whether the installation waits for its first person.',
    authScopes: { public: true },
    fields: (t) => ({
      needed: t.exposeBoolean('needed', {
        description: 'Whether nobody can sign in yet: whoever has the address that the start printed sets it up.',
      }),
    }),
  })

  builder.queryField('setupState', (t) =>
    t.field({
      type: SetupState,
      description: 'Whether the installation waits for its first person.',
      authScopes: { public: true },
      resolve: async () => ({ needed: await firstRun.needed() }),
    }),
  )

  const Page = builder.objectRef<LivePage>('LivePage').implement({
    description: 'A page that visitors can open already.',
    authScopes: { public: true },
    fields: (t) => ({
      id: t.exposeString('id', { description: 'Its UUID, as addresses of the admin have it.' }),
      title: t.exposeString('title', { description: 'Its title.' }),
      url: t.exposeString('url', { description: 'Where visitors find it.' }),
    }),
  })

  const Demo = builder.objectRef<NonNullable<Furnished['demo']>>('DemoSetUp').implement({
    description: 'A workspace with invented visitors, apart from the true one.',
    authScopes: { public: true },
    fields: (t) => ({
      workspace: t.field({
        type: WorkspaceAccess,
        description: 'The workspace: choose it with switchWorkspace.',
        resolve: ({ workspace }) => ({ ...workspace, role: 'owner' as const, current: false }),
      }),
      page: t.field({
        type: Page,
        nullable: true,
        description: 'Its page under experiment; null where no plugin serves pages.',
        resolve: ({ page }) => page,
      }),
    }),
  })

  const SetUp = builder.objectRef<Done>('SetUp').implement({
    description: 'A new installation with its owner.',
    authScopes: { public: true },
    fields: (t) => ({
      viewer: t.field({ type: Viewer, description: 'The owner, signed in.', resolve: ({ viewer }) => viewer }),
      workspace: t.field({
        type: WorkspaceAccess,
        description: 'Their workspace.',
        resolve: ({ workspace }) => workspace,
      }),
      page: t.field({
        type: Page,
        nullable: true,
        description: 'Their first page, published already; null where no plugin serves pages.',
        resolve: ({ page }) => page,
      }),
      demo: t.field({
        type: Demo,
        nullable: true,
        description: 'The demo, where it was wished for.',
        resolve: ({ demo }) => demo,
      }),
    }),
  })

  const SetUpInput = builder.inputType('SetUpInput', {
    description: 'The first person, and what they begin.',
    fields: (t) => ({
      token: t.string({
        required: true,
        description: 'What the address carries that the start printed.',
        validate: z.string().max(200),
      }),
      name: t.string({ required: true, description: 'What others see of the person.' }),
      email: t.string({ required: true, description: 'The address that they sign in with.' }),
      password: t.string({ required: true, description: passwordLength.en }),
      workspaceName: t.string({
        required: true,
        description: 'The team or company. Its name in addresses is made of it.',
      }),
      locale: t.string({
        required: true,
        description: 'Of the person and of their first page: "en" or "fr".',
        validate: z.enum(['en', 'fr']),
      }),
      timeZone: t.string({ description: 'Where days begin: IANA, such as "Europe/Paris". Default UTC.' }),
      demo: t.boolean({
        required: true,
        description:
          'Whether to make a second workspace with a running experiment and four weeks of invented visitors.',
      }),
    }),
  })

  builder.mutationField('setUp', (t) =>
    t.field({
      type: SetUp,
      description:
        'Makes the owner of a new installation, their workspace and a first page that is live, and signs them in. Good once, with the address that the start printed.',
      authScopes: { public: true },
      workspace: false,
      extensions: { rateLimit: { points: 20, seconds: 60 } },
      args: { input: t.arg({ type: SetUpInput, required: true, description: 'The first person.' }) },
      resolve: async (_root, { input }, ctx): Promise<Done> => {
        requireExchange(ctx)
        const { timeZone, password } = input
        const email = input.email.trim().toLowerCase()
        checkInput({ ...input, email })
        const made = await firstRun.setUp({ ...input, email, timeZone: timeZone ?? undefined }, ctx.request)
        const { cookies } = await callSignIn(access, ctx, '/sign-in/email', { email, password })
        const workspace = { ...made.workspace, role: 'owner' as const, current: true }
        return { ...made, workspace, viewer: await viewerWith(access, ctx, cookies) }
      },
    }),
  )
}

interface PeopleTypes {
  readonly Viewer: ObjectRef<BuilderTypes, Authenticated>
  readonly WorkspaceAccess: ObjectRef<BuilderTypes, AccessibleWorkspace>
}

/** @throws InvalidInputError with everything that is wrong at once */
function checkInput(input: {
  name: string
  password: string
  email: string
  workspaceName: string
  timeZone?: string | null | undefined
}): void {
  const issues = checkAccount(input.name, input.password)
  if (input.email.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(input.email))
    issues.push({
      path: 'input.email',
      code: 'EMAIL',
      message: {
        en: `"${input.email}" is not an email address, such as ada@example.com.`,
        fr: `« ${input.email} » n’est pas une adresse e-mail, comme ada@example.com.`,
      },
    })
  const { length } = input.workspaceName.trim()
  if (length < 1 || length > 100)
    issues.push({
      path: 'input.workspaceName',
      code: 'LENGTH',
      message: {
        en: 'The name of a workspace has 1 to 100 characters.',
        fr: 'Le nom d’un espace de travail compte de 1 à 100 caractères.',
      },
    })
  if (input.timeZone != null && !isTimeZone(input.timeZone))
    issues.push({
      path: 'input.timeZone',
      code: 'TIME_ZONE',
      message: {
        en: `"${input.timeZone}" is not a time zone, such as Europe/Paris.`,
        fr: `« ${input.timeZone} » n’est pas un fuseau horaire, comme Europe/Paris.`,
      },
    })
  if (issues.length > 0) throw new InvalidInputError(issues)
}
