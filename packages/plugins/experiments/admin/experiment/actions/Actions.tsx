import { Button, ButtonLink, MenuButton, type MenuEntry, plainId, useMessages, useViewer } from '@espalier/admin-kit'
import { Archive, ArchiveRestore, CalendarClock, Copy, Eye, Flag, Pause, Pencil, Scale, Undo2 } from 'lucide-react'
import { editExperimentPage } from '../../pages.ts'
import type { ShownExperiment } from '../Experiment.tsx'
import { messages } from './messages.ts'
import type { Deeds } from './useDeeds.tsx'

/** What can be done with it in the state in which it is. Nothing for those who may only read. */
export function Actions({ experiment, deeds }: { experiment: ShownExperiment; deeds: Deeds }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  if (!viewer.may('experiments:write')) return null
  const { status, kind, winner, verdict } = experiment
  const isDraft = status === 'DRAFT'
  const isRunning = status === 'RUNNING'
  const goesOn = isRunning || status === 'PAUSED'
  const entry = (when: boolean, shown: MenuEntry) => (when ? shown : undefined)
  return (
    <>
      {isDraft && (
        <ButtonLink to={editExperimentPage} params={{ id: plainId(experiment.id) }} icon={Pencil}>
          {m.edit}
        </ButtonLink>
      )}
      {isRunning && (
        <Button icon={Pencil} onPress={() => deeds.open('change')}>
          {m.change}
        </Button>
      )}
      {isRunning && (
        <Button icon={Pause} busy={deeds.busy} onPress={deeds.pause}>
          {m.pause}
        </Button>
      )}
      {goesOn && (
        <Button icon={Flag} onPress={() => deeds.open('end')}>
          {m.end}
        </Button>
      )}
      <MenuButton
        entries={[
          entry(isRunning && kind !== 'HOLDOUT' && verdict != null, {
            id: 'determine',
            label: m.determine,
            detail: m.determineDetail,
            icon: Eye,
            run: deeds.determine,
          }),
          entry(isRunning && kind === 'BANDIT', {
            id: 'bandit',
            label: m.bandit,
            detail: m.banditDetail,
            icon: Scale,
            run: deeds.updateBandit,
          }),
          entry(isRunning, { id: 'extend', label: m.extend, icon: CalendarClock, run: () => deeds.open('extend') }),
          entry(status === 'COMPLETED' && winner != null, {
            id: 'revert',
            label: m.revert,
            icon: Undo2,
            run: deeds.revert,
          }),
          { id: 'duplicate', label: m.duplicate, icon: Copy, run: () => deeds.open('duplicate') },
          entry(isDraft || status === 'COMPLETED', {
            id: 'archive',
            label: m.archive,
            icon: Archive,
            run: deeds.archive,
          }),
          entry(status === 'ARCHIVED', {
            id: 'unarchive',
            label: m.unarchive,
            icon: ArchiveRestore,
            run: deeds.unarchive,
          }),
        ]}
      />
    </>
  )
}
