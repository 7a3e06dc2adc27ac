import { describe, expect, test } from 'vitest'
import { forgeAddresses } from './walk/addresses.ts'
import { ask, leaked } from './walk/answers.ts'
import { ownVariables } from './walk/arguments.ts'
import { operationFor, placesOf } from './walk/documents.ts'
import { type Asker, openEstate, type Settled } from './walk/estate.ts'
import type { Finding } from './walk/finding.ts'
import { foreignJobs, forgeJobs, jobsLeft } from './walk/jobs.ts'
import { listenToEverything } from './walk/listening.ts'
import { planted } from './walk/plantedLeaks.ts'
import { compareCounts, ownAnswers, readEverything } from './walk/reading.ts'
import { askEveryRoute } from './walk/routes.ts'
import { changesBetween, writeEverything } from './walk/writing.ts'

/** How and where something shows through, and why that is as it should be. */
const intended: Readonly<Record<string, string>> = {
  'differs Mutation.createWorkspace(input:).slug':
    'the addresses of workspaces are one space: they stand in the addresses of public pages',
  'differs Mutation.updateWorkspace(input:).slug': 'as above',
  'tells Mutation.signIn':
    'it is asked with the right password of the neighbor’s owner, and whoever has that is that person',
  'differs Mutation.signIn(input:).email': 'as above',
  'counts Query.auditEntries': 'the trail of one’s own doings grows while one asks',
  'counts Query.systemHealth':
    'it is about the whole installation: its sizes and round trips, for those who look after it',
  'counts SystemHealth': 'as above',
  'counts HealthPart': 'as above',
  'counts HealthFigure': 'as above',
  'differs GET /experiments/:file{[a-zA-Z0-9_-]+\\.js}':
    'the key of a site is public: it stands in the pages that are measured',
  'differs POST /guestbook/:workspace': 'as above: who signs a guestbook names the workspace by that address',
  'differs POST /mail/sns/:workspace': 'as above: the address that is given to a provider of mail names the workspace',
}

/** Mutations that the walk’s own things do not pass: what of theirs could be somebody else’s, and who tries that. */
const refusedOfOnesOwn: Readonly<Record<string, string>> = {
  acceptInvitation:
    'takes no id but a token that is signed; asked too often by then (signIn.attack.ts, timing.attack.ts)',
  addPromptCaseFromExecution: 'the execution is found before its variables are compared with the prompt',
  changePassword: 'is about whoever asks; asked too often by then',
  createAlertRule: 'refused for a threshold beside an anomaly; what its filter names is read within the policies alone',
  deleteWorkspace: 'is about the workspace of whoever asks, and its name',
  duplicateExperiment: 'the experiment is found before its variants are looked at',
  registerTrustedDocuments: 'takes texts, no ids',
  revokeSession: 'a session that nobody signed in with; one’s own are revoked in the tests of access',
  sendTestMail: 'takes the name of a template, which each workspace has of its own',
  signIn: 'takes no id; asked too often by then',
  startPromptTest: 'the test is found before its variants are',
  unsuppressAddress: 'the suppression was lifted by what was asked before',
  updateAlertRule: 'the rule is found before its metric is looked at',
  updateExperiment: 'the experiment is found before its variants are looked at',
  updateExperimentMetric: 'the metric is found before its currency is looked at',
}

/** Mutations that find the walk’s own thing in a state in which they are refused, whoever’s it is: they have found it. */
const refusedForTheState = [
  'applyWinner',
  'approveLoopStep',
  'archivePageVariant',
  'changeMemberRole',
  'changeRunningExperiment',
  'completeExperiment',
  'createExperiment',
  'createPromptTest',
  'derivePromptVariant',
  'determineWinner',
  'evolvePrompt',
  'forceWinner',
  'improvePageNow',
  'leaveWorkspace',
  'pauseExperiment',
  'publishPage',
  'ratePromptExecution',
  'rejectLoopStep',
  'removeAiKey',
  'removeMember',
  'renamePageVariant',
  'resendMail',
  'resumeExperiment',
  'retryJob',
  'retryWebhookDelivery',
  'revertWinner',
  'revokePreviewLink',
  'rollBackPageVariant',
  'rollBackPrompt',
  'rollBackRollout',
  'setPageImprovement',
  'setUp',
  'settleAiCall',
  'startExperiment',
  'startRollout',
  'unarchiveExperiment',
  'unarchivePage',
  'undoLoopStep',
  'updateBanditNow',
]

/** Jobs that take something, which are not tried. */
const untriedJobs: Readonly<Record<string, string>> = {
  'demo.write-history': 'a plan of days that the walk cannot make; only the first start leaves one',
  'landing-pages.delete-image-files':
    'the key of an image, an HMAC that cannot be guessed; deleteImage alone leaves one, with the key of one’s own image',
  'mail.dispatch': 'a time',
  'mail.settle-hits': 'a minute',
}

/** Answered once in the life of an installation, to whoever has the token of its log. */
const ofTheFirstRun = /^DemoSetUp\./

/** That nothing shows through that is not meant to; says what does. */
function expectNone(findings: readonly Finding[]): void {
  const lines = findings
    .filter(({ how, where }) => !(`${how} ${where}` in intended))
    .map(({ how, where, who, detail }) => `${how} ${where}, asked by ${who}: ${detail}`)
  expect(lines, lines.join('\n')).toEqual([])
}

describe('of what a neighboring workspace has', async () => {
  const estate = await openEstate()
  const { schema } = estate
  const attacker = await estate.settle('a')
  const neighbor = await estate.settle('b')
  const key = await estate.key(attacker)
  const untouched = await estate.print(neighbor)

  test('there is something in every table, and its own owner sees a thing of every type', async () => {
    expect(Object.entries(untouched).filter(([, rows]) => rows === '')).toEqual([])
    const nodes = schema.getPossibleTypes(schema.getType('Node') as never).map(({ name }) => name)
    const unseen: string[] = []
    for (const place of placesOf(schema).filter(({ coordinate }) => nodes.includes(coordinate))) {
      const operation = operationFor(schema, place, 1)
      const { text } = await ask(estate, neighbor.owner, {
        query: operation.text,
        variables: ownVariables(operation, neighbor.has),
      })
      if (!leaked(text) || text.includes('"errors"')) unseen.push(`${place.coordinate}: ${text.slice(0, 300)}`)
    }
    expect(unseen).toEqual([])
    expect(nodes.length).toBeGreaterThan(50)
  })

  test('no query and no field of any type tells the owner of a workspace, or differs from what nobody has', async () => {
    const { findings, requests } = await readEverything(estate, { asker: attacker.owner, attacker, neighbor })
    expectNone(findings)
    expect(requests).toBeGreaterThan(1_000)
  })

  test('nor a key with every scope, in the public schema', async () => {
    const { findings, requests } = await readEverything(estate, { asker: key, attacker, neighbor })
    expectNone(findings)
    expect(requests).toBeGreaterThan(700)
  })

  test('no route tells an owner, a key or somebody anonymous', async () => {
    expectNone(await askEveryRoute(estate, { attacker, key, neighbor }))
  })

  test('no subscription tells of it while its owner changes everything', async () => {
    const other = await estate.settle('b')
    const { findings, streams, told } = await listenToEverything(estate, { attacker, key, neighbor: other })
    expectNone(findings)
    expect(streams).toBeGreaterThan(80)
    // They work: whoever it belongs to is told.
    expect([...told].filter(([, heard]) => !heard.some((text) => text.includes('"data":{')))).toEqual([])
    expect(leaked(String(told.get('Subscription.changes')))).toBeDefined()
  })

  test('no address of a file, a preview or an export leads to it with its ids in place of one’s own', async () => {
    const forger = await estate.settle('a')
    const { findings, given } = await forgeAddresses(estate, { attacker: forger, key, neighbor })
    expectNone(findings)
    expect(given.length, given.join('\n')).toBeGreaterThan(3)
  })

  test('nothing was written by reading', async () => {
    expectNone(changesBetween(untouched, await estate.print(neighbor), 'reading'))
  })

  test('no count, sum or state tells how much of it there is', async () => {
    // What the attacker's own key has asked is written down a moment later, and is one's own.
    await estate.app.kernel.operationLog.flush()
    const before = await ownAnswers(estate, attacker.owner, attacker)
    await estate.addMore(neighbor)
    await estate.settle('b')
    expectNone(await compareCounts(estate, attacker.owner, attacker, before))
  })

  test('no mutation changes or finds it, by an owner or by a key', async () => {
    const waiting = await jobsLeft(estate)
    const { findings, carriedOut, refused, requests } = await writeEverything(estate, { neighbor })
    expectNone(findings)
    expect((await jobsLeft(estate)).size).toBeGreaterThan(waiting.size)
    expectNone(await foreignJobs(estate, waiting))
    expect(requests).toBeGreaterThan(1_500)
    expect(carriedOut.length).toBeGreaterThan(75)
    // What is refused of one’s own, too, would be refused whatever it is about.
    const [conflicts, others] = [true, false].map((conflict) =>
      refused.filter(({ why }) => why.startsWith('CONFLICT ') === conflict),
    ) as [typeof refused, typeof refused]
    const namesOf = (those: typeof refused) => those.map(({ where }) => where.replace('Mutation.', '')).toSorted()
    expect(namesOf(others), others.map(({ where, why }) => `${where}: ${why}`).join('\n')).toEqual(
      Object.keys(refusedOfOnesOwn).toSorted(),
    )
    expect(namesOf(conflicts)).toEqual(refusedForTheState)
  })

  test('no job that was given what is the neighbor’s reads or changes it', async () => {
    const forger = await estate.settle('a')
    const { findings, left } = await forgeJobs(estate, { attacker: forger, neighbor })
    expectNone(findings)
    expect(left.toSorted(), 'a job that was not tried: say why').toEqual(Object.keys(untriedJobs).toSorted())
  })

  // The last one: what it counts the others have asked.
  test('every field of both schemas was asked for', () => {
    for (const endpoint of ['/graphql', '/graphql/public'])
      expect(estate.coverage.missing(endpoint).filter((field) => !ofTheFirstRun.test(field))).toEqual([])
  })
})

describe('a mistake that a plugin makes is found', async () => {
  const estate = await openEstate([planted])
  const attacker: Settled = await estate.settle('a')
  const neighbor = await estate.settle('b')
  const key: Asker = await estate.key(attacker)
  const only = ({ coordinate }: { coordinate: string }) => coordinate.includes('planted')

  test('by a query, and by a field of a type', async () => {
    const { findings } = await readEverything(estate, { asker: attacker.owner, attacker, neighbor, only })
    const found = findings.map(({ how, where }) => `${how} ${where}`)
    expect(found).toContain('tells Query.plantedTitle')
    expect(found).toContain('differs Query.plantedTaken(slug:)')
    expect(found).toContain('tells TrackingSite.plantedTitle')
    const before = await ownAnswers(estate, attacker.owner, attacker, only)
    await estate.addMore(neighbor)
    const counted = await compareCounts(estate, attacker.owner, attacker, before)
    expect(counted.map(({ where }) => where)).toEqual(['Query.plantedCount'])
  })

  test('by a subscription', async () => {
    const other = await estate.settle('b')
    const { findings } = await listenToEverything(estate, {
      attacker,
      key,
      neighbor: other,
      only: ({ coordinate }) => coordinate === 'Subscription.plantedTitle',
    })
    expect(findings.map(({ how, where, who }) => `${how} ${where} ${who}`)).toContain(
      'tells Subscription.plantedTitle owner',
    )
  })

  test('by a route', async () => {
    const findings = await askEveryRoute(estate, {
      attacker,
      key,
      neighbor,
      only: ({ path }) => path.startsWith('/planted'),
    })
    expect(findings.map(({ how, where, who }) => `${how} ${where} ${who}`)).toEqual(
      expect.arrayContaining([
        'tells GET /planted/:slug owner',
        'tells GET /planted/:slug key',
        'differs GET /planted-taken/:slug anonymous',
        'tells GET /planted-asked anonymous',
        'tells POST /planted-named anonymous',
      ]),
    )
  })

  // The last two: they rename what the others look for.
  test('by a mutation', async () => {
    const waiting = await jobsLeft(estate)
    const { findings } = await writeEverything(estate, { neighbor, only })
    expect(findings).toContainEqual(expect.objectContaining({ how: 'changes', where: 'Mutation.plantedRename' }))
    const jobs = await foreignJobs(estate, waiting)
    expect(jobs.map(({ how, where }) => `${how} ${where}`)).toContain('tells planted.rename-later')
  })
  test('by a job', async () => {
    // What the mutation has left is carried out before the other has anything.
    await estate.app.quiet({ mayFail: true })
    const other = await estate.settle('b')
    const { findings } = await forgeJobs(estate, { attacker, neighbor: other })
    expect(findings.map(({ how, detail }) => `${how} ${detail.slice(0, 4)}`)).toContain('changes Page')
  })
})
