import { Button, type FieldBinding, TextField, useMessages } from '@espalier/admin-kit'
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { messages } from './messages.ts'
import { leastPassword, mostPassword, passwordStrength, type Strength } from './passwordStrength.ts'
import './entrance.css'

const steps: readonly Strength[] = ['weak', 'fair', 'good', 'strong']

/**
 * Where a new password is written: it can be looked at, and how hard it is to guess is said in words while one writes.
 *
 * @param related what a guesser knows of the person
 */
export function NewPasswordField({
  label,
  field,
  related = [],
}: {
  label: string
  field: FieldBinding<string>
  related?: readonly string[]
}) {
  const m = useMessages(messages)
  const [shown, setShown] = useState(false)
  const strength = field.value === '' ? undefined : passwordStrength(field.value, related)
  const filled = strength === undefined || strength === 'short' ? 0 : steps.indexOf(strength) + 1
  return (
    <>
      <TextField
        {...field}
        label={label}
        type={shown ? 'text' : 'password'}
        autoComplete="new-password"
        spellCheck={false}
        maxLength={mostPassword}
        hint={m.passwordLength(leastPassword)}
        required
      />
      <div className="password-strength">
        <span className="password-strength-bar" aria-hidden="true">
          {steps.map((step, place) => (
            <span key={step} data-filled={place < filled ? strength : undefined} />
          ))}
        </span>
        <span role="status">{strength === undefined ? '' : m.strengths[strength]}</span>
      </div>
      <div>
        <Button variant="quiet" size="small" icon={shown ? EyeOff : Eye} onPress={() => setShown(!shown)}>
          {shown ? m.hidePassword : m.showPassword}
        </Button>
      </div>
    </>
  )
}
