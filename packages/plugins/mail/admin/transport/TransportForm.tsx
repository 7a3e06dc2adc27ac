import {
  Form,
  FormActions,
  NumberField,
  RadioGroup,
  Row,
  Section,
  Select,
  Stack,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
  useSharedEdit,
} from '@espalier/admin-kit'
import { SaveMailSettingsDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { TransportValues } from './transportValues.ts'

/** Sender and provider. Fields of a provider show where it is chosen. */
export function TransportForm({
  values,
  version,
  maySet,
  again,
}: {
  values: TransportValues
  version: number
  maySet: boolean
  /** Asks for what is stored. */
  again: () => void
}) {
  const m = useMessages(messages)
  const form = useForm<TransportValues>({ values })
  const [save] = useMutation(SaveMailSettingsDocument)
  const way = form.watch('transport')
  const readOnly = !maySet
  const edit = useSharedEdit<TransportValues, unknown>({
    stored: values,
    version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'transport', label: m.way, show: (id) => m.ways[id as TransportValues['transport']] },
      { name: 'sesRegion', label: m.sesRegion },
      { name: 'sesConfigurationSet', label: m.sesConfigurationSet },
      { name: 'smtpHost', label: m.smtpHost },
      { name: 'smtpPort', label: m.smtpPort },
      { name: 'smtpUser', label: m.smtpUser },
      {
        name: 'smtpSecurity',
        label: m.smtpSecurity,
        show: (id) => m.securities[id as TransportValues['smtpSecurity']],
      },
      { name: 'ratePerSecond', label: m.ratePerSecond },
      { name: 'fromAddress', label: m.fromAddress },
      { name: 'fromName', label: m.fromName },
      { name: 'replyTo', label: m.replyTo },
      { name: 'postalAddress', label: m.postalAddress },
      { name: 'tracking', label: m.tracking, show: (id) => m.trackings[id as TransportValues['tracking']] },
    ],
    save: ({ smtpPort, ratePerSecond, ...value }, expectedVersion) =>
      save({
        value: { ...value, ...(smtpPort && { smtpPort }), ...(ratePerSecond && { ratePerSecond }) },
        expectedVersion,
      }),
    show: form.reset,
    saved: () => {
      toast(m.saved, { tone: 'positive' })
      again()
    },
    again,
  })
  return (
    <div className="mail-form">
      <Form form={form} {...edit.form}>
        <Stack gap={6}>
          <Section title={m.way}>
            <RadioGroup
              label={m.way}
              labelHidden
              disabled={readOnly}
              options={(['outbox', 'ses', 'smtp'] as const).map((id) => ({
                id,
                label: m.ways[id],
                detail: m.waysWhy[id],
              }))}
              {...form.field('transport')}
            />
          </Section>
          {way !== 'outbox' && (
            <Section title={m.provider}>
              {way === 'ses' ? (
                <>
                  <TextField label={m.sesRegion} required code readOnly={readOnly} {...form.field('sesRegion')} />
                  <TextField
                    label={m.sesConfigurationSet}
                    hint={m.sesConfigurationSetHint}
                    optional
                    code
                    readOnly={readOnly}
                    {...form.field('sesConfigurationSet')}
                  />
                </>
              ) : (
                <>
                  <Row align="top">
                    <TextField label={m.smtpHost} required code readOnly={readOnly} {...form.field('smtpHost')} />
                    <NumberField label={m.smtpPort} required readOnly={readOnly} {...form.field('smtpPort')} />
                  </Row>
                  <TextField
                    label={m.smtpUser}
                    hint={m.smtpUserHint}
                    optional
                    code
                    readOnly={readOnly}
                    {...form.field('smtpUser')}
                  />
                  <Select
                    label={m.smtpSecurity}
                    disabled={readOnly}
                    options={(['starttls', 'tls', 'none'] as const).map((id) => ({ id, label: m.securities[id] }))}
                    {...form.field('smtpSecurity')}
                  />
                  <NumberField
                    label={m.ratePerSecond}
                    hint={m.ratePerSecondHint}
                    unit={m.perSecond}
                    readOnly={readOnly}
                    {...form.field('ratePerSecond')}
                  />
                </>
              )}
            </Section>
          )}
          <Section title={m.from}>
            <TextField
              label={m.fromAddress}
              hint={m.fromAddressHint}
              type="email"
              readOnly={readOnly}
              {...form.field('fromAddress')}
            />
            <TextField label={m.fromName} optional readOnly={readOnly} {...form.field('fromName')} />
            <TextField
              label={m.replyTo}
              hint={m.replyToHint}
              type="email"
              optional
              readOnly={readOnly}
              {...form.field('replyTo')}
            />
            <TextField
              label={m.postalAddress}
              hint={m.postalAddressHint}
              optional
              readOnly={readOnly}
              {...form.field('postalAddress')}
            />
          </Section>
          <Section title={m.tracking}>
            <RadioGroup
              label={m.tracking}
              labelHidden
              disabled={readOnly}
              options={(['none', 'aggregate', 'individual'] as const).map((id) => ({
                id,
                label: m.trackings[id],
                detail: m.trackingsWhy[id],
              }))}
              {...form.field('tracking')}
            />
          </Section>
          {maySet && <FormActions />}
        </Stack>
      </Form>
      {edit.conflict}
    </div>
  )
}
