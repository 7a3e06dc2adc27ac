import { Answer, Button, Note, useMessages, useMutation, useQuery } from '@espalier/admin-kit'
import type { InvitationQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { EntranceFrame } from './EntranceFrame.tsx'
import { AcceptDocument, JoinForm } from './JoinForm.tsx'
import { messages } from './messages.ts'
import { SignInForm } from './SignInForm.tsx'

const InvitationDocument = graphql(`
  query Invitation($token: String!) {
    invitation(token: $token) {
      email
      role
      workspaceName
      hasAccount
    }
    viewer {
      user {
        email
      }
    }
  }
`)

const LeaveDocument = graphql(`
  mutation LeaveForInvitation {
    signOut {
      ... on SignOutSuccess {
        data {
          id
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

type Offer = NonNullable<InvitationQuery['invitation']>

/** Where an invitation's link leads: a new person makes an account here, one who has an account signs in. */
export default function TakeInvitation() {
  const m = useMessages(messages)
  const token = new URLSearchParams(location.search).get('token') ?? ''
  const query = useQuery(InvitationDocument, { token })
  if (query.data && !query.data.invitation) return <Gone />
  const offer = query.data?.invitation
  if (!offer)
    return (
      <EntranceFrame title={m.join}>
        <Answer of={query} height="16rem">
          {() => null}
        </Answer>
      </EntranceFrame>
    )
  const signedInAs = query.data?.viewer?.user?.email
  return (
    <EntranceFrame title={m.joinTitle(offer.workspaceName)} lead={m.invited(offer.workspaceName, m.roles[offer.role])}>
      {signedInAs === undefined ? (
        <Stranger offer={offer} token={token} />
      ) : (
        <SignedIn offer={offer} token={token} as={signedInAs} />
      )}
    </EntranceFrame>
  )
}

function Gone() {
  const m = useMessages(messages)
  return (
    <EntranceFrame title={m.goneTitle} lead={m.goneLead}>
      <a className="e-button e-button-secondary" href="/admin/">
        {m.toSignIn}
      </a>
    </EntranceFrame>
  )
}

function Stranger({ offer, token }: { offer: Offer; token: string }) {
  const m = useMessages(messages)
  const [accept, { problem }] = useMutation(AcceptDocument, { after: enter })
  if (!offer.hasAccount) return <JoinForm token={token} email={offer.email} onJoined={enter} />
  return (
    <>
      <p>{m.signInToJoin}</p>
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      <SignInForm email={offer.email} onSignedIn={() => void accept({ input: { token } })} />
    </>
  )
}

function SignedIn({ offer, token, as }: { offer: Offer; token: string; as: string }) {
  const m = useMessages(messages)
  const [accept, { busy, problem }] = useMutation(AcceptDocument, { after: enter })
  const [leave, leaving] = useMutation(LeaveDocument, { after: () => location.reload() })
  const refused = problem ?? leaving.problem
  return (
    <div className="entrance-live">
      <p>{m.signedInAs(as)}</p>
      {refused && (
        <Note tone="critical" announced>
          {refused.message}
        </Note>
      )}
      {offer.email === as.toLowerCase() ? (
        <Button variant="primary" busy={busy} onPress={() => void accept({ input: { token } })}>
          {m.join}
        </Button>
      ) : (
        <>
          <Note tone="warning">{m.otherAddress(offer.email)}</Note>
          <Button busy={leaving.busy} onPress={() => void leave({})}>
            {m.signOut}
          </Button>
        </>
      )}
    </div>
  )
}

/** The link has done its work: its address goes from the history. */
function enter(): void {
  location.replace('/admin/')
}
