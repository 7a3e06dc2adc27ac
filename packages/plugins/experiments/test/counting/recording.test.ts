import { expect, test } from 'vitest'
import { experimentsUnderTest } from './experimentUnderTest.ts'

const { signIn, start } = await experimentsUnderTest()

const recordExposures = `mutation ($exposures: [ExposureInput!]!) { answer: recordExposures(exposures: $exposures) {
  __typename ... on Error { message } ... on InvalidInputError { issues { path } }
  ... on RecordExposuresSuccess { data { recorded known ignored { index code message } } } } }`

const recordMeasurements = `mutation ($measurements: [MeasurementInput!]!) { answer: recordMeasurements(measurements: $measurements) {
  __typename ... on Error { message } ... on InvalidInputError { issues { path } } ... on RecordMeasurementsSuccess { data } } }`

test('an integrator reports who met what; only what the hash gives counts, each subject once', async () => {
  const client = await signIn()
  const experiment = await start([{ kind: 'value', event: 'order', currency: 'EUR' }], {
    workspaceId: client.workspaceId,
  })
  const { key: name, control } = experiment
  const [ann, ben] = [await experiment.somebodyIn(control), await experiment.somebodyIn(control)]
  const exposure = { experiment: name, subject: ann, variant: 'control', device: 'mobile', country: 'FR' }
  const exposures = [
    exposure,
    exposure,
    { ...exposure, subject: ben, variant: 'bold' },
    { ...exposure, variant: 'other' },
    { ...exposure, experiment: 'no-such' },
  ]
  expect(await client.ask(recordExposures, { exposures })).toEqual({
    answer: {
      __typename: 'RecordExposuresSuccess',
      data: {
        recorded: 1,
        known: 1,
        ignored: [
          { index: 2, code: 'NOT_ASSIGNED', message: expect.stringContaining(ben) },
          { index: 3, code: 'NO_VARIANT', message: expect.stringContaining('"other"') },
          { index: 4, code: 'NOT_RUNNING', message: expect.stringContaining('"no-such"') },
        ],
      },
    },
  })
  const order = { id: 'order 1', subject: ann, name: 'order', value: { amountMinor: 1999, currency: 'EUR' } }
  const measurements = [order, order, { ...order, id: 'order 2', subject: ben }]
  expect(await client.ask(recordMeasurements, { measurements })).toMatchObject({ answer: { data: 2 } })
  expect(await client.ask(recordMeasurements, { measurements })).toMatchObject({ answer: { data: 0 } })
  expect(await experiment.exposures()).toEqual({ control: 1, bold: 0 })
  expect(await experiment.sums()).toMatchObject({ subjects: 1, sum: 1999 })
})

test.each([
  [recordExposures, { exposures: [{ experiment: 'e', subject: '', variant: 'a' }] }, 'exposures.0.subject'],
  [
    recordExposures,
    { exposures: [{ experiment: 'e', subject: 's', variant: 'a', country: 'France' }] },
    'exposures.0.country',
  ],
  [
    recordExposures,
    { exposures: [{ experiment: 'e', subject: 's', variant: 'a', channel: 'paid social ' }] },
    'exposures.0.channel',
  ],
  [
    recordExposures,
    { exposures: [{ experiment: 'e', subject: 's', variant: 'a', device: 'x'.repeat(41) }] },
    'exposures.0.device',
  ],
  [recordExposures, { exposures: [] }, 'exposures'],
  [
    recordExposures,
    { exposures: [{ experiment: 'e', subject: 's', variant: 'a', at: '2100-01-01T00:00:00Z' }] },
    'exposures.0.at',
  ],
  [recordMeasurements, { measurements: [{ subject: 's', name: 'not a name' }] }, 'measurements.0.name'],
  [recordMeasurements, { measurements: [{ subject: 's', name: 'x', properties: [1] }] }, 'measurements.0.properties'],
  [recordMeasurements, { measurements: Array(1001).fill({ subject: 's', name: 'x' }) }, 'measurements'],
])('%#: what cannot be is refused, and names the field', async (mutation, variables, path) => {
  const client = await signIn()
  expect(await client.ask(mutation, variables)).toMatchObject({
    answer: { __typename: 'InvalidInputError', issues: [{ path }] },
  })
})

test('it takes the permission to report', async () => {
  const owner = await signIn()
  const editor = await signIn({ role: 'editor', workspace: owner.workspaceId })
  const exposures = [{ experiment: 'e', subject: 's', variant: 'a' }]
  expect(await editor.ask(recordExposures, { exposures })).toMatchObject({ answer: { __typename: 'ForbiddenError' } })
})
