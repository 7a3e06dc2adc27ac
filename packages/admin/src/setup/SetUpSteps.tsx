import {
  Button,
  Form,
  FormActions,
  type Problem,
  ProgressBar,
  useForm,
  useLanguage,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { graphql } from '../graphql/index.ts'
import { EntranceFrame } from '../signIn/EntranceFrame.tsx'
import { messages as entranceMessages } from '../signIn/messages.ts'
import { leastPassword } from '../signIn/passwordStrength.ts'
import { messages } from './messages.ts'
import type { SetUpData } from './SetUp.tsx'
import { LookFields, PersonFields, type SetUpValues, TeamFields } from './stepFields.tsx'

const SetUpDocument = graphql(`
  mutation SetUp($input: SetUpInput!) {
    setUp(input: $input) {
      ... on SetUpSuccess {
        data {
          workspace {
            id
            name
          }
          page {
            id
            title
            url
          }
          demo {
            workspace {
              id
              name
            }
            page {
              url
            }
          }
        }
      }
      ... on Error {
        code
        message
      }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

/** The steps in their order, each with the values that it asks for. */
const steps = ['person', 'team', 'look'] as const
type Step = (typeof steps)[number]
const fieldsOf: Readonly<Record<Step, readonly (keyof SetUpValues)[]>> = {
  person: ['name', 'email', 'password'],
  team: ['workspaceName', 'timeZone'],
  look: ['demo'],
}

/** Three steps in one form: nothing is made before the last, and one can go back without losing anything. */
export function SetUpSteps({ token, onDone }: { token: string; onDone: (made: SetUpData) => void }) {
  const m = useMessages(messages)
  const entrance = useMessages(entranceMessages)
  const { language } = useLanguage()
  const [step, setStep] = useState<Step>('person')
  const [setUp, { busy }] = useMutation(SetUpDocument)
  const form = useForm<SetUpValues>({
    start: {
      name: '',
      email: '',
      password: '',
      workspaceName: '',
      timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
      demo: 'yes',
    },
    check: (values) => {
      const wrong = {
        name: values.name.trim() === '' && m.nameMissing,
        email: !/^[^\s@]+@[^\s@]+$/.test(values.email.trim()) && m.emailWrong,
        password: values.password.length < leastPassword && entrance.passwordShort(leastPassword),
        workspaceName: values.workspaceName.trim() === '' && m.workspaceMissing,
        timeZone: !values.timeZone && m.timeZoneMissing,
      }
      return Object.fromEntries(Object.entries(wrong).filter(([field]) => fieldsOf[step].some((own) => own === field)))
    },
  })
  const send = async ({ demo, timeZone, ...values }: SetUpValues) => {
    const next = steps[steps.indexOf(step) + 1]
    if (next) {
      setStep(next)
      return undefined
    }
    const input = { ...values, token, locale: language, timeZone, demo: demo === 'yes' }
    const outcome = await setUp({ input })
    const wrong = outcome.problem && stepOf(outcome.problem)
    // There, so that what is wrong stands at its field.
    if (wrong) flushSync(() => setStep(wrong))
    return outcome
  }
  const place = steps.indexOf(step)
  return (
    <EntranceFrame title={m.titles[step]} lead={m.leads[step]} wide>
      <progress
        className="e-hidden"
        value={place + 1}
        max={steps.length}
        aria-label={m.progress}
        aria-valuetext={m.stepOf(place + 1, steps.length, m.steps[step])}
      />
      <ol className="entrance-steps" aria-label={m.stepsLabel}>
        {steps.map((each, index) => (
          <li key={each} aria-current={each === step ? 'step' : undefined} data-done={index < place || undefined}>
            {m.steps[each]}
          </li>
        ))}
      </ol>
      <Form
        form={form}
        label={m.titles[step]}
        guarded={false}
        submit={send}
        done={(made: SetUpData | undefined) => made && onDone(made)}
      >
        {step === 'person' && <PersonFields form={form} />}
        {step === 'team' && <TeamFields form={form} />}
        {step === 'look' && <LookFields form={form} />}
        {busy && <ProgressBar label={m.working} value={undefined} />}
        <FormActions submit={step === 'look' ? m.finish : m.next}>
          {place > 0 && (
            <Button disabled={busy} onPress={() => setStep(steps[place - 1] ?? 'person')}>
              {m.back}
            </Button>
          )}
        </FormActions>
      </Form>
    </EntranceFrame>
  )
}

/** The first step that something of a refusal is about. */
function stepOf({ issues }: Problem): Step | undefined {
  const fields = new Set(issues.map(({ path }) => path.split('.')[1]))
  return steps.find((step) => fieldsOf[step].some((field) => fields.has(field)))
}
