import { type ApiClient, signIn } from './apiClient.ts'
import type { Product } from './product.ts'

/** Invites somebody, who takes the invitation. @returns them, signed in */
export async function joinWorkspace(
  { url }: Pick<Product, 'url'>,
  { ask }: Pick<ApiClient, 'ask'>,
  { role, name, email = `${name.toLowerCase()}@example.com`, locale = 'en' }: Joining,
): Promise<ApiClient> {
  const { inviteMember } = await ask<{ inviteMember: { data?: { link: string }; message?: string } }>(
    `mutation ($input: InviteMemberInput!) {
      inviteMember(input: $input) { ... on InviteMemberSuccess { data { link } } ... on Error { message } } }`,
    { input: { email, role } },
  )
  if (!inviteMember.data) throw new Error(inviteMember.message)
  const password = 'only looking around'
  const answer = await fetch(`${url}/api/auth/invitation/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token: new URL(inviteMember.data.link).searchParams.get('token'), name, password, locale }),
  })
  if (!answer.ok) throw new Error(`Accepting an invitation answered ${answer.status}: ${await answer.text()}`)
  return signIn({ url, email, password })
}

interface Joining {
  readonly role: 'ADMIN' | 'EDITOR' | 'VIEWER'
  /** ASCII letters: the address is made of them. */
  readonly name: string
  readonly email?: string
  /** The language in which the server writes to them. */
  readonly locale?: 'en' | 'fr'
}
