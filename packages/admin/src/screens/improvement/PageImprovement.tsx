import { Failure } from '../../Failure.tsx'
import type { ImprovingPageSubscription, PageLoopMode } from '../../graphql/graphql.ts'
import { useLanguage } from '../../language.tsx'
import { moment } from '../../moment.ts'
import { Link, ScreenHeading } from '../../route.tsx'
import { useLive } from '../../useApi.ts'
import { useDeed } from '../../useDeed.ts'
import { Candidates } from './Candidates.tsx'
import { ImproveDocument, ModeDocument, PageDocument, StopDocument } from './documents.ts'
import { Patterns } from './Patterns.tsx'
import { Decisions, Steps } from './Steps.tsx'
import { Variants } from './Variants.tsx'

export type ImprovingPage = ImprovingPageSubscription['pageLoopChanged']

/** How one page improves itself: live, with everything that a person may stop, approve or take back. */
export function PageImprovement({ id, mayDecide }: { id: string; mayDecide: boolean }) {
  const { messages } = useLanguage()
  const words = messages.improvement
  const { result, error, connected } = useLive(PageDocument, { id })
  const back = <Link to="improvement">{words.back}</Link>
  if (error)
    return (
      <>
        <ScreenHeading>{words.title}</ScreenHeading>
        {error.isGone ? <p>{words.gone}</p> : <Failure error={error} />}
        {back}
      </>
    )
  if (!result) return <p aria-busy="true">{messages.loading}</p>
  const page = result.pageLoopChanged
  return (
    <>
      {back}
      <ScreenHeading>{page.title}</ScreenHeading>
      <div className="row">
        <a href={page.url}>{page.url}</a>
        <span className="muted" role="status">
          {connected ? messages.live : messages.reconnecting}
        </span>
        {!mayDecide && <span className="muted">{words.forbidden}</span>}
      </div>
      <Mode page={page} mayDecide={mayDecide} />
      {page.loop && (
        <>
          <Decisions page={page} mayDecide={mayDecide} />
          <Variants page={page} />
          <Patterns page={page} />
          <Candidates page={page} />
          <Steps page={page} mayDecide={mayDecide} />
        </>
      )}
    </>
  )
}

const modes: readonly PageLoopMode[] = ['OFF', 'APPROVE', 'AUTOMATIC']

function Mode({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const { act, busy, failure } = useDeed()
  const mode = page.loop?.mode ?? 'OFF'
  const run = page.loopRuns.edges[0]?.node
  const underWay = run && ['WAITING', 'RUNNING', 'APPROVAL'].includes(run.status) ? run : undefined
  return (
    <section aria-labelledby="mode">
      <h2 id="mode">{words.mode}</h2>
      <fieldset disabled={!mayDecide} className="choices">
        <legend className="visually-hidden">{words.mode}</legend>
        {modes.map((choice) => (
          <label key={choice}>
            <input
              type="radio"
              name="mode"
              checked={mode === choice}
              onChange={() => act(ModeDocument, { pageId: page.id, mode: choice })}
            />
            <span>
              <strong>{words.modes[choice]}</strong> <span className="muted">{words.modeHints[choice]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {failure && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
      {page.status !== 'ACTIVE' && <p className="muted">{words.unpublished}</p>}
      {page.loop?.problem && (
        <p role="alert" className="bad">
          {words.problems[page.loop.problem] ?? page.loop.problem}
        </p>
      )}
      {page.loop && (
        <>
          <p>
            <span className="badge">{words.generators[page.loop.generator]}</span> {page.loop.generatorSummary}
          </p>
          <Earned page={page} />
          <div className="row">
            {page.loop.nextAnalysisAt && (
              <span className="muted">
                {messages.pair(words.nextAnalysis, moment(page.loop.nextAnalysisAt, language))}
              </span>
            )}
            {page.loop.nextGenerationAt && (
              <span className="muted">
                {messages.pair(words.nextGeneration, moment(page.loop.nextGenerationAt, language))}
              </span>
            )}
          </div>
          {underWay && (
            <p className="row" role="status">
              {messages.pair(
                words.runs[underWay.kind] ?? underWay.kind,
                words.runStatus[underWay.status] ?? underWay.status,
              )}
              {underWay.status === 'RUNNING' && <progress aria-label={words.runs[underWay.kind]} />}
              {mayDecide && (
                <button type="button" disabled={busy} onClick={() => act(StopDocument, { id: underWay.id })}>
                  {words.stop}
                </button>
              )}
            </p>
          )}
          {run?.failure && <p className="bad">{run.failure}</p>}
          {mayDecide && mode !== 'OFF' && (
            <div className="row">
              <button
                type="button"
                disabled={busy}
                onClick={() => act(ImproveDocument, { pageId: page.id, kind: 'ANALYSIS' })}
              >
                {words.analyzeNow}
              </button>
              <button
                type="button"
                disabled={busy}
                onClick={() => act(ImproveDocument, { pageId: page.id, kind: 'GENERATION' })}
              >
                {words.proposeNow}
              </button>
            </div>
          )}
        </>
      )}
    </section>
  )
}

function Earned({ page }: { page: ImprovingPage }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 0, signDisplay: 'exceptZero' })
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const signed = new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  })
  const { earned, record } = page.loop ?? {}
  return (
    <div className="row">
      <strong>{words.earned}</strong>
      {earned ? (
        <span>
          {words.earnedWords(
            number.format(earned.conversions),
            number.format(earned.lower),
            number.format(earned.upper),
          )}
          {typeof earned.lift === 'number' && (
            <span className="muted">
              {' '}
              {words.lift(
                signed.format(earned.lift),
                signed.format(earned.liftLower ?? 0),
                signed.format(earned.liftUpper ?? 0),
              )}
            </span>
          )}
        </span>
      ) : (
        <span className="muted">{words.earnedNothing}</span>
      )}
      {record && <span>{words.record(record.variantKey, percent.format(record.rate))}</span>}
    </div>
  )
}
