import { ComboBox, type FormState, RadioGroup, TextField, useMessages } from '@espalier/admin-kit'
import { NewPasswordField } from '../signIn/NewPasswordField.tsx'
import { messages } from './messages.ts'
import { slugOf } from './slugOf.ts'
import { timeZoneOptions } from './timeZoneOptions.ts'

export interface SetUpValues {
  name: string
  email: string
  password: string
  workspaceName: string
  timeZone: string | null
  demo: 'yes' | 'no'
}

interface StepProps {
  form: FormState<SetUpValues>
}

export function PersonFields({ form }: StepProps) {
  const m = useMessages(messages)
  const related = [form.watch('name'), form.watch('email')]
  return (
    <>
      <TextField {...form.field('name')} label={m.name} autoComplete="name" maxLength={100} required autoFocus />
      <TextField {...form.field('email')} label={m.email} type="email" autoComplete="username" required />
      <NewPasswordField label={m.password} field={form.field('password')} related={related} />
    </>
  )
}

export function TeamFields({ form }: StepProps) {
  const m = useMessages(messages)
  const name = form.watch('workspaceName')
  return (
    <>
      <TextField
        {...form.field('workspaceName')}
        label={m.workspaceName}
        autoComplete="organization"
        maxLength={100}
        hint={name.trim() === '' ? undefined : m.address(slugOf(name))}
        required
      />
      <ComboBox
        {...form.field('timeZone')}
        label={m.timeZone}
        hint={m.timeZoneHint}
        options={timeZoneOptions()}
        required
      />
    </>
  )
}

export function LookFields({ form }: StepProps) {
  const m = useMessages(messages)
  return (
    <RadioGroup
      {...form.field('demo')}
      label={m.look}
      labelHidden
      options={[
        { id: 'yes', label: m.withDemo, detail: m.withDemoDetail },
        { id: 'no', label: m.withoutDemo, detail: m.withoutDemoDetail },
      ]}
    />
  )
}
