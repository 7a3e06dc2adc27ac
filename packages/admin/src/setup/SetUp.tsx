import { Answer, useMessages, useQuery } from '@espalier/admin-kit'
import { useState } from 'react'
import type { SetUpMutation } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { EntranceFrame } from '../signIn/EntranceFrame.tsx'
import { messages } from './messages.ts'
import { SetUpDone } from './SetUpDone.tsx'
import { SetUpSteps } from './SetUpSteps.tsx'

const SetUpNeededDocument = graphql(`
  query SetUpNeeded {
    setupState {
      needed
    }
  }
`)

export type SetUpData = Extract<SetUpMutation['setUp'], { data: unknown }>['data']

/** The first run: three steps, then a page that is live. Whoever has no token, or comes too late, is told the way. */
export default function SetUp() {
  const m = useMessages(messages)
  const token = new URLSearchParams(location.search).get('token') ?? ''
  const state = useQuery(SetUpNeededDocument, {})
  const [made, setMade] = useState<SetUpData>()
  if (made) return <SetUpDone made={made} />
  if (state.data && !state.data.setupState.needed)
    return (
      <EntranceFrame title={m.doneAlready} lead={m.doneAlreadyLead}>
        <a className="e-button e-button-primary" href="/admin/">
          {m.signIn}
        </a>
      </EntranceFrame>
    )
  if (token === '') return <EntranceFrame title={m.noToken} lead={m.noTokenLead} />
  if (!state.data)
    return (
      <EntranceFrame title={m.title} wide>
        <Answer of={state} height="22rem">
          {() => null}
        </Answer>
      </EntranceFrame>
    )
  return <SetUpSteps token={token} onDone={setMade} />
}
