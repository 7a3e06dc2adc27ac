import { Button, CopyField, Note, useMessages, useMutation } from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { EntranceFrame } from '../signIn/EntranceFrame.tsx'
import { DemoFilling } from './DemoFilling.tsx'
import { messages } from './messages.ts'
import type { SetUpData } from './SetUp.tsx'

const EnterDemoDocument = graphql(`
  mutation EnterDemo($id: ID!) {
    switchWorkspace(id: $id) {
      ... on SwitchWorkspaceSuccess {
        data {
          role
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

/** The end of the first run: a page that is live already, and where to go from here. */
export function SetUpDone({ made: { page, demo } }: { made: SetUpData }) {
  const m = useMessages(messages)
  return (
    <EntranceFrame title={page ? m.live : m.madeWithoutPage} lead={page ? m.liveLead : m.madeWithoutPageLead} wide>
      {page && (
        <div className="entrance-live">
          <CopyField label={m.pageAddress} value={page.url} />
          <div>
            <OpenPage url={page.url} primary />
          </div>
        </div>
      )}
      {demo && <DemoNote demo={demo} />}
      <h2>{m.nextTitle}</h2>
      <ul className="entrance-next">
        {page && (
          <li>
            <a href={`/admin/pages/${page.id}`}>{m.nextEdit}</a>
          </li>
        )}
        <li>
          <a href="/admin/settings/members">{m.nextInvite}</a>
        </li>
        <li>
          <a href="/admin/">{m.nextDashboard}</a>
        </li>
      </ul>
    </EntranceFrame>
  )
}

function DemoNote({ demo }: { demo: NonNullable<SetUpData['demo']> }) {
  const m = useMessages(messages)
  const [enter, { busy, problem }] = useMutation(EnterDemoDocument, { after: () => location.assign('/admin/') })
  return (
    <div className="entrance-live">
      <Note title={m.demo}>{m.demoLead}</Note>
      <DemoFilling workspace={demo.workspace.id} />
      {demo.page && <CopyField label={m.demoAddress} value={demo.page.url} />}
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      <div className="entrance-choices">
        <Button busy={busy} onPress={() => void enter({ id: demo.workspace.id })}>
          {m.toDemo}
        </Button>
        {demo.page && <OpenPage url={demo.page.url} />}
      </div>
    </div>
  )
}

function OpenPage({ url, primary = false }: { url: string; primary?: boolean }) {
  const m = useMessages(messages)
  return (
    <a
      className={`e-button ${primary ? 'e-button-primary' : 'e-button-secondary'}`}
      href={url}
      target="_blank"
      rel="noopener"
    >
      {m.open}
      <span className="e-hidden">{m.opensTab}</span>
    </a>
  )
}
