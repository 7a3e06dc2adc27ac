import {
  type DefaultValues,
  type FieldErrors,
  type FieldPath,
  type FieldPathValue,
  type FieldValues,
  get,
  set,
  type UseFormReturn,
  useForm as useHookForm,
} from 'react-hook-form'

/** The state of a form: that of react-hook-form, and what a field needs. */
export interface FormState<Values extends FieldValues> extends UseFormReturn<Values> {
  /** The props of the field of one value: `<TextField label={m.slug} {...form.field('slug')} />`. */
  field<Path extends FieldPath<Values>>(path: Path): FieldBinding<FieldPathValue<Values, Path>>
}

/** What connects a field with its value. */
export interface FieldBinding<Value> {
  readonly name: string
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly error: string | undefined
}

/** What a form begins with, and what can be known to be wrong before it is sent. */
export interface FormOptions<Values extends FieldValues> {
  /** What the form begins with. */
  readonly start?: DefaultValues<Values>
  /** What is stored now, instead of `start`: what changes there comes into the fields that nobody has changed here. */
  readonly values?: Values | undefined
  /**
   * What can be known to be wrong before the server is asked: messages by path, `{ slug: m.slugMissing }`. The server
   * checks everything itself.
   */
  readonly check?: (values: Values) => Readonly<Record<string, string | false | undefined>>
}

/** Begins a form. */
export function useForm<Values extends FieldValues>({ start, values, check }: FormOptions<Values>): FormState<Values> {
  const form = useHookForm<Values>({
    ...(start === undefined ? {} : { defaultValues: start }),
    ...(values === undefined ? {} : { values, resetOptions: { keepDirtyValues: true } }),
    shouldFocusError: false,
    resolver: (current) => {
      const errors = errorsOf<Values>(check?.(current) ?? {})
      return Object.keys(errors).length === 0 ? { values: current, errors: {} } : { values: {}, errors }
    },
  })
  // Read here, so that whoever draws fields is drawn again when they change.
  const { errors, isSubmitted } = form.formState
  return {
    ...form,
    formState: new Proxy(form.formState, {
      // What comes in by itself leaves what was typed, and the library forgets then that anything was.
      get: (state, key) => (key === 'isDirty' ? state.isDirty || hasTrue(state.dirtyFields) : Reflect.get(state, key)),
    }),
    // What is shown on purpose replaces what was typed; what comes in by itself does not.
    reset: (next, options) => form.reset(next, { keepDirtyValues: false, ...options }),
    field: (path) => ({
      name: path,
      value: form.watch(path),
      onChange: (value) => {
        form.clearErrors(path)
        form.setValue(path, value, { shouldDirty: true, shouldTouch: true, shouldValidate: isSubmitted })
      },
      error: messageOf(get(errors, path)),
    }),
  }
}

/** Whether any of the fields, however deep, is marked. */
function hasTrue(marks: unknown): boolean {
  return marks === true || (typeof marks === 'object' && marks !== null && Object.values(marks).some(hasTrue))
}

function errorsOf<Values extends FieldValues>(
  messages: Readonly<Record<string, string | false | undefined>>,
): FieldErrors<Values> {
  const errors: FieldErrors<Values> = {}
  for (const [path, message] of Object.entries(messages)) if (message) set(errors, path, { type: 'check', message })
  return errors
}

/** A group of fields has errors inside, and no message of its own. */
export function messageOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { message } = (('root' in error && error.root) || error) as { message?: unknown }
  return typeof message === 'string' ? message : undefined
}
