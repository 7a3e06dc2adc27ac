import { v7 as uuidv7 } from 'uuid'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, InvalidInputError } from '../errors.ts'
import type { SignIn } from './signIn.ts'

export interface NewUser {
  email: string
  name: string
  /** 10 to 128 characters. */
  password: string
  /** Language of the interface and of mail: "en" (default) or "fr". */
  locale?: string
}

/**
 * Makes a person who can sign in with a password.
 * @throws ConflictError when the address is taken; InvalidInputError for one that is none, or a short password
 */
export async function createUser(system: SystemDb, signIn: SignIn, input: NewUser): Promise<{ id: string }> {
  const { password } = await signIn.$context
  const email = input.email.trim().toLowerCase()
  const { minPasswordLength: least, maxPasswordLength: most } = password.config
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw InvalidInputError.of('input.email', 'EMAIL', `"${input.email}" is not an email address.`)
  }
  if (input.password.length < least || input.password.length > most) {
    throw InvalidInputError.of('input.password', 'LENGTH', `A password has ${least} to ${most} characters.`)
  }
  const hash = await password.hash(input.password)
  const id = uuidv7()
  // The system door: a person belongs to no workspace.
  await system.transaction(async (tx) => {
    const [user] = await tx.query(sql`
      insert into "User" ("id", "name", "email", "locale", "updatedAt")
      values (${id}, ${input.name.trim()}, ${email}, ${input.locale ?? 'en'}, now())
      on conflict ("email") do nothing returning "id"`)
    if (!user) throw new ConflictError(`Somebody already signs in as ${email}.`)
    await tx.query(sql`
      insert into "Account" ("id", "userId", "accountId", "providerId", "password", "updatedAt")
      values (${uuidv7()}, ${id}, ${id}, 'credential', ${hash}, now())`)
  })
  return { id }
}
