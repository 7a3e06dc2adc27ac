import { type Problem, toast, useConfirm, useMessages, useMutation } from '@espalier/admin-kit'
import { messages } from './messages.ts'
import { ApproveStepDocument, RejectStepDocument, UndoStepDocument } from './mutations.ts'
import type { Step } from './step.ts'

type Decided = Pick<Step, 'id' | 'kind' | 'summary'>

/** A person's yes, no and "take that back", each said in a corner; a yes can be taken back from there. */
export function useStepDeeds(): {
  approve(step: Decided): Promise<void>
  reject(step: Decided): Promise<void>
  undo(step: Decided): Promise<void>
  readonly busy: boolean
  readonly problem: Problem | undefined
} {
  const m = useMessages(messages)
  const ask = useConfirm()
  const [approve, approving] = useMutation(ApproveStepDocument, { invalidates: ['pageLoopSteps'] })
  const [reject, rejecting] = useMutation(RejectStepDocument, { invalidates: ['pageLoopSteps'] })
  const [undo, undoing] = useMutation(UndoStepDocument, { invalidates: ['pageLoopSteps'] })
  const takeBack = async ({ id }: Pick<Decided, 'id'>) => {
    const { problem } = await undo({ id })
    toast(problem?.message ?? m.undone, { tone: problem ? 'critical' : 'neutral' })
  }
  return {
    approve: async ({ id }) => {
      const { data, problem } = await approve({ id })
      if (problem) return
      toast(data?.summary ?? m.approved, { tone: 'positive', undo: () => void takeBack({ id }) })
    },
    reject: async ({ id }) => {
      const { problem } = await reject({ id })
      if (!problem) toast(m.rejected)
    },
    undo: async (step) => {
      const text = m.undoText[whatOf(step)]
      const question = { title: m.undoQuestion, text: `${step.summary} ${text}`, confirm: m.undoIt, cancel: m.keepIt }
      if (await ask({ ...question, danger: true })) await takeBack(step)
    },
    busy: approving.busy || rejecting.busy || undoing.busy,
    problem: approving.problem ?? rejecting.problem,
  }
}

function whatOf({ kind }: Pick<Step, 'kind'>): 'introduction' | 'retirement' | 'share' {
  return kind === 'introduction' || kind === 'retirement' ? kind : 'share'
}
