import { type ReactNode, useEffect, useState } from 'react'
import type { Problem } from '../client/problem.ts'
import { toast } from '../components/toast.ts'
import { useMessages } from '../language/messages.ts'
import { ConflictDialog, type ConflictField } from './ConflictDialog.tsx'
import { words } from './words.ts'

/** What saving has come to: data, or a problem. */
export type Saved<Data> = { readonly data?: Data; readonly problem?: Problem | undefined }

/** What several people may edit: a save names the version that it began with. */
export interface SharedEdit<Values extends object, Data> {
  /** What the form began with, and its version. */
  readonly base: { readonly values: Values; readonly version: number }
  /** For `<Form {...edit.form}>`. */
  readonly form: {
    readonly submit: (values: Values) => Promise<Saved<Data>>
    readonly done: (data: Data, values: Values) => void
    readonly onConflict: (problem: Problem, values: Values) => void
  }
  /** What is shown when somebody else saved first: who, when, what differs, and what can be done about it. */
  readonly conflict: ReactNode
}

/**
 * Edits what others may save meanwhile. Whoever saves second is told who was faster, and takes theirs, puts their own over it
 * field by field, or keeps editing: nothing that was typed is lost. While nothing is typed, what others save is what the form
 * begins with.
 *
 * @param stored what the server holds now, with its `version`; comes again after `again`
 * @param isDirty whether something is typed that is not saved
 * @param fields what the values are called, in their order
 * @param save sends values against a version; `base` is what they began with
 * @param show puts values into the form, as saved: `form.reset`
 * @param saved after it was saved
 * @param again asks the server for what is stored
 */
export function useSharedEdit<Values extends object, Data>({
  stored,
  version,
  isDirty,
  fields,
  save,
  show,
  saved,
  again,
}: {
  stored: Values
  version: number
  isDirty: boolean
  fields: readonly ConflictField<Values>[]
  save: (values: Values, expectedVersion: number, base: Values) => Promise<Saved<Data>>
  show: (values: Values) => void
  saved?: (data: Data, values: Values) => void
  again: () => void
}): SharedEdit<Values, Data> {
  const m = useMessages(words)
  const [base, setBase] = useState({ values: stored, version, over: version })
  const [clash, setClash] = useState<{ mine: Values; problem: Problem; why?: string }>()
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (version === base.version) {
      if (base.over !== version) setBase({ ...base, over: version })
      return
    }
    // What was just saved here may not have come back yet.
    if (version === base.over || isDirty || clash) return
    setBase({ values: stored, version, over: version })
    show(stored)
  })

  const settled = (values: Values, data: Data, against: number) => {
    setBase({ values, version: versionOf(data) ?? against, over: version })
    saved?.(data, values)
  }
  const met = (problem: Problem, mine: Values) => {
    setClash({ mine, problem })
    again()
  }
  const resolve = async (merged: Values) => {
    setBusy(true)
    const { data, problem } = await save(merged, version, stored)
    setBusy(false)
    if (problem?.saved) return met(problem, merged)
    if (problem) return setClash((was) => was && { ...was, why: problem.issues[0]?.message ?? problem.message })
    setClash(undefined)
    show(merged)
    settled(merged, data as Data, version)
  }
  return {
    base,
    form: {
      submit: (values) => save(values, base.version, base.values),
      done: (data, values) => settled(values, data, base.version),
      onConflict: met,
    },
    conflict: clash && (
      <ConflictDialog<Values>
        open
        saved={clash.problem.saved}
        base={base.values}
        mine={clash.mine}
        theirs={version === base.version ? undefined : stored}
        fields={fields}
        busy={busy}
        why={clash.why}
        onClose={() => setClash(undefined)}
        onResolve={(merged) => void resolve(merged)}
        onTakeTheirs={() => {
          setClash(undefined)
          setBase({ values: stored, version, over: version })
          show(stored)
          toast(m.taken)
        }}
      />
    ),
  }
}

function versionOf(data: unknown): number | undefined {
  const { version } = (data ?? {}) as { version?: unknown }
  return typeof version === 'number' ? version : undefined
}
