import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { FieldPath, FieldValues } from 'react-hook-form'
import type { Problem } from '../client/problem.ts'
import { Button } from '../components/Button.tsx'
import { ConfirmDialog } from '../components/ConfirmDialog.tsx'
import { useMessages } from '../language/messages.ts'
import { useUnsavedGuard } from '../routing/navigation.tsx'
import { ErrorSummary } from './ErrorSummary.tsx'
import { type Wrong, wrongsOf } from './problems.ts'
import { type FormState, messageOf } from './useForm.ts'
import { words } from './words.ts'
import './Form.css'

/**
 * A form: sends its values, puts what the server refuses at the fields that it is about, goes to the first of them, and
 * asks before somebody leaves with unsaved changes. Ctrl+Enter sends it from everywhere inside.
 *
 * @param submit carries it out, and says what came of it: `(values) => save({ input: values })`
 * @param done after it was carried out; the form counts as saved by then
 * @param onConflict somebody else saved meanwhile (`problem.saved`), as `useSharedEdit` takes it. Without it the message is shown
 * @param guarded asks before unsaved changes are left. Default true; false within dialogs and for filters
 */
export function Form<Values extends FieldValues, Data>({
  form,
  submit,
  done,
  onConflict,
  guarded = true,
  label,
  children,
}: {
  form: FormState<Values>
  submit: (values: Values) => Promise<{ data?: Data; problem?: Problem | undefined } | undefined>
  done?: (data: Data, values: Values) => void
  onConflict?: (problem: Problem, values: Values) => void
  guarded?: boolean
  /** Read out: what the form is for. */
  label?: string
  children: ReactNode
}) {
  const element = useRef<HTMLFormElement>(null)
  const [wrongs, setWrongs] = useState<readonly Wrong[]>([])
  const { isSubmitting, isDirty, errors } = form.formState
  const refused = (found: readonly Wrong[]) => {
    setWrongs(found)
    for (const { field, message } of found)
      if (field !== undefined) form.setError(field as FieldPath<Values>, { type: 'server', message })
    const first = shownFields(element.current).find((name) => found.some(({ field }) => field === name))
    // After the messages are there, so that they are read out with the field.
    requestAnimationFrame(() => focusField(element.current, first))
  }
  const send = form.handleSubmit(
    async (values) => {
      setWrongs([])
      const outcome = await submit(values)
      if (outcome?.problem) {
        if (outcome.problem.saved && onConflict) onConflict(outcome.problem, values)
        else refused(wrongsOf(shownFields(element.current), outcome.problem))
        return
      }
      // Saved before anybody goes elsewhere: nothing is asked on the way.
      flushSync(() => form.reset(values, { keepValues: true }))
      done?.(outcome?.data as Data, values)
    },
    (found) => {
      const fields = shownFields(element.current)
      refused(
        fields.flatMap((field) => {
          const message = messageOf(fieldError(found, field))
          return message === undefined ? [] : [{ field, message }]
        }),
      )
    },
  )
  useEffect(() => {
    // Where a dialog is a form, one begins to type at once; a field that asks for the focus itself has it by now.
    const dialog = element.current?.closest('[role="dialog"]')
    if (dialog && !dialog.querySelector('form :focus')) focusField(element.current, shownFields(element.current)[0])
  }, [])
  // What was mended goes from the summary too.
  const open = wrongs.filter(({ field }) => field === undefined || fieldError(errors, field) !== undefined)
  return (
    <form
      ref={element}
      className="e-form"
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        // A form within a dialog is inside of the page's form, for React.
        event.stopPropagation()
        void send(event)
      }}
      // Before the field that has the focus: Enter chooses radios and opens selects.
      onKeyDownCapture={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.stopPropagation()
        element.current?.requestSubmit()
      }}
    >
      {open.length > 0 && <ErrorSummary wrongs={open} goTo={(field) => focusField(element.current, field)} />}
      <FormContext value={{ isSubmitting, isDirty }}>{children}</FormContext>
      {guarded && <UnsavedQuestion isDirty={isDirty && !isSubmitting} />}
    </form>
  )
}

const FormContext = createContext({ isSubmitting: false, isDirty: false })

/** The foot of a form: what sends it, and the way back. */
export function FormActions({
  submit,
  onCancel,
  danger = false,
  children,
}: {
  /** What the button says. Default "Save". */
  submit?: string
  onCancel?: () => void
  danger?: boolean
  /** More, before the buttons. */
  children?: ReactNode
}) {
  const m = useMessages(words)
  const { isSubmitting } = useContext(FormContext)
  return (
    <div className="e-form-actions">
      {children}
      {onCancel && (
        <Button onPress={onCancel} disabled={isSubmitting}>
          {m.cancel}
        </Button>
      )}
      <Button
        type="submit"
        variant={danger ? 'danger' : 'primary'}
        busy={isSubmitting}
        aria-keyshortcuts="Control+Enter"
      >
        {submit ?? m.save}
      </Button>
    </div>
  )
}

function UnsavedQuestion({ isDirty }: { isDirty: boolean }) {
  const m = useMessages(words)
  const question = useUnsavedGuard(isDirty)
  // While it fades, both answers stay what they were.
  const last = useRef(question)
  useEffect(() => {
    if (question) last.current = question
  }, [question])
  return (
    <ConfirmDialog
      open={question !== undefined}
      title={m.unsaved}
      text={m.unsavedText}
      confirm={m.leave}
      cancel={m.stay}
      danger
      onConfirm={() => (question ?? last.current)?.leave()}
      onCancel={() => (question ?? last.current)?.stay()}
    />
  )
}

/** Names of the fields that a form shows, in their order. */
function shownFields(form: HTMLFormElement | null): string[] {
  return [...(form?.querySelectorAll<HTMLElement>('[data-field]') ?? [])].flatMap(({ dataset }) => dataset.field ?? [])
}

function focusField(form: HTMLFormElement | null, name: string | undefined): void {
  if (form === null || name === undefined) return
  const field = form.querySelector(`[data-field="${CSS.escape(name)}"]`)
  field
    ?.querySelector<HTMLElement>('input:checked, input:not([type="hidden"]), textarea, button, [tabindex="0"]')
    ?.focus()
  field?.scrollIntoView({ block: 'nearest' })
}

function fieldError(errors: object, path: string): unknown {
  let found: unknown = errors
  for (const key of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[key]
  return found
}
