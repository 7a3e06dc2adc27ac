import { type Builder, both, InvalidInputError, said, withoutNulls } from '@espalier/core'
import { z } from 'zod'
import type { ExposureOutcome } from '../counting/counting.ts'
import type { Experiments } from '../experiments.ts'
import { key, text } from '../naming.ts'

/** What integrators need to report what their own servers showed and saw. */
export const recordPermission = 'experiments:record'

/** How many exposures or measurements one mutation takes. */
const maxReports = 1_000

/** How far ahead of the server's clock a reporter's may run. Milliseconds. */
const maxLeadMs = 10 * 60_000

const subject = text(200).refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))

/** Few different ones, so that slices stay readable, and short. */
const sliceValue = text(40).regex(
  /^[a-z0-9]+(-[a-z0-9]+)*$/i,
  said({ en: 'takes letters, digits and single hyphens', fr: 'n’admet que lettres, chiffres et tirets simples' }),
)

interface IgnoredExposure {
  readonly index: number
  readonly code: string
  readonly message: string
}

interface RecordedExposures {
  readonly recorded: number
  readonly known: number
  readonly ignored: IgnoredExposure[]
}

/** Exposures and measurements of subjects that no tracker sees. */
export function recordingTypes(builder: Builder, experiments: Experiments): void {
  const record = { authScopes: { permission: recordPermission }, subGraphs: both } as const

  const IgnoredExposureType = builder.objectRef<IgnoredExposure>('IgnoredExposure').implement({
    description: 'An exposure that does not count.',
    ...record,
    fields: (t) => ({
      index: t.exposeInt('index', { description: 'Its place among the exposures that were sent, from 0.' }),
      code: t.exposeString('code', { description: 'NOT_RUNNING, NO_VARIANT or NOT_ASSIGNED.' }),
      message: t.exposeString('message', { description: 'Why.' }),
    }),
  })

  const RecordedExposuresType = builder.objectRef<RecordedExposures>('RecordedExposures').implement({
    description: 'What became of exposures. Those recorded are durable.',
    ...record,
    fields: (t) => ({
      recorded: t.exposeInt('recorded', { description: 'Counted now.' }),
      known: t.exposeInt('known', { description: 'Of subjects who were exposed before: they count once.' }),
      ignored: t.field({
        type: [IgnoredExposureType],
        description: 'Those that do not count, each with its reason; the others do all the same.',
        extensions: { boundedList: 'at most one for each of the 1,000 exposures of the input' },
        resolve: ({ ignored }) => ignored,
      }),
    }),
  })

  const ExposureInput = builder.inputType('ExposureInput', {
    description: 'That a subject met a variant.',
    subGraphs: both,
    validate: z.looseObject({
      experiment: key,
      subject,
      variant: key,
      device: sliceValue.nullish(),
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, said({ en: 'is not of the form "FR"', fr: 'n’est pas de la forme « FR »' }))
        .nullish(),
      channel: sliceValue.nullish(),
    }),
    fields: (t) => ({
      experiment: t.string({ required: true, description: 'Key of the experiment. Example: `hero-headline`.' }),
      subject: t.string({
        required: true,
        description:
          'Who or what: 1 to 200 characters, the same that the variant was asked for with. Example: `user-4711`.',
      }),
      variant: t.string({
        required: true,
        description:
          'Key of the variant. It counts only where it is the one that the subject is assigned. Example: `bold`.',
      }),
      at: t.field({ type: 'DateTime', description: 'When. Default: now.' }),
      device: t.string({
        description: 'What results can be sliced by: desktop, mobile, tablet, tv or other. Example: `mobile`.',
      }),
      country: t.string({ description: 'What results can be sliced by: ISO 3166-1 alpha-2. Example: `FR`.' }),
      channel: t.string({ description: 'What results can be sliced by, such as "email".' }),
    }),
  })

  builder.mutationField('recordExposures', (t) =>
    t.field({
      type: RecordedExposuresType,
      description:
        'Records that subjects met variants, up to 1,000 at a time, and answers when they are durable. A subject counts once for each experiment, so the same may be sent again. The audit trail does not list them.',
      ...record,
      workspace: false,
      args: {
        exposures: t.arg({ type: [ExposureInput], required: true, description: 'The exposures: 1 to 1,000.' }),
      },
      resolve: async (_root, { exposures }, ctx) => {
        checkReports('exposures', exposures, ctx.clock.now())
        const outcomes = await experiments.counting.exposeByKeys(ctx, exposures.map(withoutNulls))
        const count = (wanted: ExposureOutcome) => outcomes.filter((outcome) => outcome === wanted).length
        return {
          recorded: count('recorded'),
          known: count('known'),
          ignored: outcomes.flatMap((outcome, index) => {
            const exposure = exposures[index] as (typeof exposures)[number]
            return outcome in refusals ? [{ index, ...refusals[outcome as keyof typeof refusals](exposure) }] : []
          }),
        }
      },
    }),
  )

  const MeasurementInput = builder.inputType('MeasurementInput', {
    description: 'Something that a subject did, as another server saw it.',
    subGraphs: both,
    validate: z.looseObject({
      id: subject.nullish(),
      subject,
      name: text(64).regex(
        /^[a-z][a-z0-9_.:-]*$/i,
        said({
          en: 'must begin with a letter and hold only letters, digits and . _ : -',
          fr: 'doit commencer par une lettre et n’avoir que lettres, chiffres et . _ : -',
        }),
      ),
      goal: text(64).nullish(),
      properties: z
        .record(z.string(), z.unknown())
        .refine(
          (value) => JSON.stringify(value).length <= 4096,
          said({ en: 'is longer than 4,096 characters as JSON', fr: 'dépasse 4 096 caractères en JSON' }),
        )
        .nullish(),
      engagedMs: z
        .number()
        .refine(
          (value) => value >= 0 && value <= 24 * 3600_000,
          said({ en: 'is not from 0 to 86,400,000, a day', fr: 'n’est pas de 0 à 86 400 000, un jour' }),
        )
        .nullish(),
    }),
    fields: (t) => ({
      id: t.string({
        description: 'Sent again, it counts once. Without one a repetition counts. Example: `order-1729`.',
      }),
      subject: t.string({ required: true, description: 'Who or what, as in its exposure. Example: `user-4711`.' }),
      name: t.string({ required: true, description: 'Name of the event that metrics look for. Example: `order`.' }),
      goal: t.string({ description: 'The goal that a `conversion` reached.' }),
      at: t.field({ type: 'DateTime', description: 'When. Default: now.' }),
      value: t.field({ type: 'MoneyInput', description: 'What it is worth.' }),
      properties: t.field({
        type: 'JSON',
        description: 'An object of what metrics may ask for: 4 KiB. Example: `{ "plan": "team" }`.',
      }),
      engagedMs: t.float({ description: 'For how long the subject was attentive, in milliseconds.' }),
    }),
  })

  builder.mutationField('recordMeasurements', (t) =>
    t.field({
      type: 'Int',
      description:
        'Counts what subjects did for the metrics of running experiments, up to 1,000 at a time, and answers when it is durable: with how many were new. The audit trail does not list them.',
      ...record,
      workspace: false,
      args: {
        measurements: t.arg({ type: [MeasurementInput], required: true, description: 'What they did: 1 to 1,000.' }),
      },
      resolve: (_root, { measurements }, ctx) => {
        checkReports('measurements', measurements, ctx.clock.now())
        return experiments.measure(
          ctx,
          measurements.map(({ properties, ...measurement }) => ({
            ...withoutNulls(measurement),
            properties: (properties ?? null) as Readonly<Record<string, unknown>> | null,
          })),
        )
      },
    }),
  )
}

/** @throws InvalidInputError for too many, none, and those of the future */
function checkReports(
  argument: string,
  reports: readonly { readonly at?: Date | null | undefined }[],
  now: Date,
): void {
  if (reports.length === 0 || reports.length > maxReports)
    throw InvalidInputError.of(argument, 'LENGTH', {
      en: `Send 1 to 1,000 at a time, not ${reports.length}.`,
      fr: `Envoyez-en de 1 à 1 000 à la fois, pas ${reports.length}.`,
    })
  const ahead = reports.findIndex(({ at }) => at && at.getTime() - now.getTime() > maxLeadMs)
  if (ahead >= 0)
    throw InvalidInputError.of(`${argument}.${ahead}.at`, 'CLOCK_AHEAD', {
      en: `lies ahead of time: here it is ${now.toISOString()}. Set the clock right, or leave it out for now.`,
      fr: `est dans le futur : ici il est ${now.toISOString()}. Réglez l’horloge, ou omettez la date pour dire maintenant.`,
    })
}

type Named = { readonly experiment: string; readonly variant: string; readonly subject: string }

const refusals = {
  'not-running': ({ experiment }: Named) => ({
    code: 'NOT_RUNNING',
    message: `There is no experiment "${experiment}" that runs. Start it, or mend the key.`,
  }),
  'no-variant': ({ experiment, variant }: Named) => ({
    code: 'NO_VARIANT',
    message: `The experiment "${experiment}" has no variant "${variant}". Mend the key.`,
  }),
  'not-assigned': ({ experiment, variant, subject: who }: Named) => ({
    code: 'NOT_ASSIGNED',
    message: `"${who}" is not assigned "${variant}" of "${experiment}". Show what the evaluation answers for this subject.`,
  }),
} as const
