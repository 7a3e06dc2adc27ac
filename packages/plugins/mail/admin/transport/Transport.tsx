import {
  Answer,
  Note,
  Section,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { MailStatusDocument } from '../documents.ts'
import { MailFrame } from '../MailFrame.tsx'
import { messages as mailMessages } from '../messages.ts'
import { MailStatusLine } from '../outbox/MailStatusLine.tsx'
import { MailSettingsDocument } from './documents.ts'
import { MailSecrets } from './MailSecrets.tsx'
import { messages } from './messages.ts'
import { TransportForm } from './TransportForm.tsx'
import { readTransport } from './transportValues.ts'

/** Who mail is from, and how it leaves. */
export default function Transport() {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const { number } = useFormat()
  const viewer = useViewer()
  const settings = useQuery(MailSettingsDocument, {})
  const status = useQuery(MailStatusDocument, {})
  const mayConfigure = viewer.may('mail:configure')
  const maySet = mayConfigure && viewer.may('settings:write')
  const day = status.data?.mailStatus
  return (
    <MailFrame title={words.transport} lead={m.lead}>
      <Stack gap={6}>
        {!maySet && <Note>{m.mayNot}</Note>}
        <Section title={m.status}>
          <MailStatusLine withWay={false} />
          {typeof day?.perDay === 'number' && (
            <p className="e-muted">{m.perDay(number(day.sentLast24h ?? 0), number(day.perDay))}</p>
          )}
        </Section>
        <Answer of={settings} skeleton={<Skeleton height="36rem" />}>
          {({ plugins }) => (
            <TransportForm
              values={readTransport(plugins.find(({ name }) => name === 'mail')?.settings)}
              version={plugins.find(({ name }) => name === 'mail')?.settingsVersion ?? 0}
              maySet={maySet}
              again={() => {
                settings.again()
                status.again()
              }}
            />
          )}
        </Answer>
        <Answer of={status} skeleton={<Skeleton height="10rem" />}>
          {({ mailStatus }) => (
            <MailSecrets secrets={mailStatus.secrets} mayConfigure={mayConfigure} changed={status.again} />
          )}
        </Answer>
      </Stack>
    </MailFrame>
  )
}
