import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { StartError, sql } from '@espalier/core'
import { withKernel } from './withKernel.ts'

/**
 * Makes a person who can sign in, as an owner of a workspace that is made where it is missing: the first
 * person of an installation without the demo.
 */
export async function createUser(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { email: { type: 'string' }, name: { type: 'string' }, workspace: { type: 'string' } },
  })
  const { email, workspace: slug } = required(
    values,
    ['email', 'workspace'],
    'user:create --email ada@example.com --workspace orchard [--name Ada]',
  )
  await withKernel(async (kernel) => {
    const password = newPassword()
    const user = await kernel.access.createUser({ email, name: values.name ?? email, password, emailVerified: true })
    // Whoever runs this owns the installation, so every workspace is theirs to enter.
    const [known] = await kernel.database.system.query<{ id: string }>(
      sql`select "id" from "Workspace" where "slug" = ${slug}`,
    )
    if (known) await kernel.access.addMember(known.id, user.id, 'owner')
    else await kernel.access.createWorkspace({ name: slug, slug, ownerId: user.id })
    console.log(`${email} is an owner of ${known ? '' : 'the new workspace '}"${slug}".\nPassword: ${password}`)
  })
}

/** Gives a person who lost theirs a new password. */
export async function resetPassword(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { email: { type: 'string' } } })
  const { email } = required(values, ['email'], 'user:password --email ada@example.com')
  await withKernel(async (kernel) => {
    const password = newPassword()
    await kernel.access.setPassword(email, password)
    console.log(`All sessions of ${email} have ended.\nPassword: ${password}`)
  })
}

function required<Values extends Record<string, string | undefined>, Name extends keyof Values & string>(
  values: Values,
  names: readonly Name[],
  usage: string,
): Record<Name, string> {
  const missing = names.find((name) => !values[name])
  if (missing) throw new StartError('ARGUMENT_MISSING', `--${missing} is missing. Usage: espalier ${usage}.`)
  return values as Record<Name, string>
}

/** Nobody chooses it, nobody reads it over a shoulder in a shell's history; 96 bits. */
function newPassword(): string {
  return randomBytes(12).toString('base64url')
}
