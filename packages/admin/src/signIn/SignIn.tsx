import { Answer, useMessages, useQuery } from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { EntranceFrame } from './EntranceFrame.tsx'
import { messages } from './messages.ts'
import { SignInForm } from './SignInForm.tsx'

const SetupStateDocument = graphql(`
  query SetupState {
    setupState {
      needed
    }
  }
`)

/** The way in for whoever has an account; on a new installation, the way to the first one. */
export default function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const m = useMessages(messages)
  const state = useQuery(SetupStateDocument, {})
  if (state.data?.setupState.needed) return <EntranceFrame title={m.notSetUp} lead={m.notSetUpLead} />
  return (
    <EntranceFrame title={m.signIn}>
      <Answer of={state} height="14rem">
        {() => <SignInForm onSignedIn={onSignedIn} />}
      </Answer>
    </EntranceFrame>
  )
}
