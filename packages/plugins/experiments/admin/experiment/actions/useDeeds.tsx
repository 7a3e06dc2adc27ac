import { invalidate, mutate, type Problem, plainId, toast, useConfirm, useGoTo, useMessages } from '@espalier/admin-kit'
import { type ReactNode, useState } from 'react'
import { experimentPage } from '../../pages.ts'
import type { ShownExperiment } from '../Experiment.tsx'
import { applyVerdict } from './applyVerdict.ts'
import { ChangeRunning } from './ChangeRunning.tsx'
import { DuplicateDialog } from './DuplicateDialog.tsx'
import * as documents from './documents.ts'
import { EndDialog } from './EndDialog.tsx'
import { ExtendDialog } from './ExtendDialog.tsx'
import { messages } from './messages.ts'

type Asked = 'end' | 'extend' | 'duplicate' | 'change'

/** Everything that can be done with an experiment; what is grave says before what follows from it. */
export interface Deeds {
  readonly busy: boolean
  /** Why the last one was refused. */
  readonly problem: Problem | undefined
  nameOf(key: string | null): string
  start(): void
  pause(): void
  resume(): void
  determine(): void
  applyVerdict(): void
  revert(): void
  updateBandit(): void
  archive(): void
  unarchive(): void
  open(asked: Asked): void
  /** What is asked at the moment. */
  readonly dialogs: ReactNode
}

export function useDeeds(experiment: ShownExperiment): Deeds {
  const { id, name, variants, winner, verdict } = experiment
  const m = useMessages(messages)
  const confirm = useConfirm()
  const goTo = useGoTo()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const [asked, setAsked] = useState<Asked>()
  const nameOf = (key: string | null) => variants.find((variant) => variant.key === key)?.name ?? key ?? ''

  const perform: Perform = async (work, done) => {
    setBusy(true)
    const outcome = await work()
    setBusy(false)
    // Who saved first is said where the change was typed.
    setProblem(outcome.problem?.saved ? undefined : outcome.problem)
    if (outcome.problem) return outcome.problem
    invalidate('experiments')
    toast(done, { tone: 'positive' })
    setAsked(undefined)
    return undefined
  }
  const after = async (question: Parameters<typeof confirm>[0], work: Parameters<Perform>[0], done: string) => {
    if (await confirm(question)) await perform(work, done)
  }

  const close = () => setAsked(undefined)
  const dialog = { experiment, busy, perform, onClose: close }
  return {
    busy,
    problem,
    nameOf,
    start: () =>
      void after(
        { title: m.startAsk(name), text: m.startWill, confirm: m.start },
        () => mutate(documents.StartExperimentDocument, { id }),
        m.started,
      ),
    pause: () =>
      void after(
        { title: m.pauseAsk(name), text: m.pauseWill, confirm: m.pause },
        () => mutate(documents.PauseExperimentDocument, { id }),
        m.paused,
      ),
    resume: () => void perform(() => mutate(documents.ResumeExperimentDocument, { id }), m.resumed),
    determine: () => void perform(() => mutate(documents.DetermineWinnerDocument, { id }), m.determined),
    applyVerdict: () => {
      const variant = nameOf(verdict?.variant ?? null)
      return void after(
        { title: m.applyAsk(variant), text: m.applyWill, confirm: m.apply(variant) },
        () => applyVerdict(experiment),
        m.applied(variant),
      )
    },
    revert: () =>
      void after(
        { title: m.revertAsk(nameOf(winner ?? null)), text: m.revertWill, confirm: m.revert, danger: true },
        () => mutate(documents.RevertWinnerDocument, { id }),
        m.reverted,
      ),
    updateBandit: () => void perform(() => mutate(documents.UpdateBanditNowDocument, { id }), m.banditUpdated),
    archive: () => void perform(() => mutate(documents.ArchiveExperimentDocument, { id }), m.archived),
    unarchive: () => void perform(() => mutate(documents.UnarchiveExperimentDocument, { id }), m.unarchived),
    open: (next) => {
      setProblem(undefined)
      setAsked(next)
    },
    dialogs: (
      <>
        {asked === 'end' && <EndDialog {...dialog} nameOf={nameOf} />}
        {asked === 'extend' && <ExtendDialog {...dialog} />}
        {asked === 'change' && <ChangeRunning {...dialog} />}
        {asked === 'duplicate' && (
          <DuplicateDialog {...dialog} onMade={(made) => goTo(experimentPage, { params: { id: plainId(made) } })} />
        )}
      </>
    ),
  }
}

/** Does it and says so. @returns why not, where it was refused */
export type Perform = (
  work: () => Promise<{ readonly problem?: Problem | undefined }>,
  done: string,
) => Promise<Problem | undefined>

export interface DeedDialog {
  readonly experiment: ShownExperiment
  readonly busy: boolean
  readonly perform: Perform
  readonly onClose: () => void
}
