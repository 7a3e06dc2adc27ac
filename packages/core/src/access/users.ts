import { v7 as uuidv7 } from 'uuid'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts'
import { checkedEmail } from './invitations.ts'

export interface NewUser {
  email: string
  name: string
  /** 10 to 128 characters. */
  password: string
  /** Language of the interface and of mail: "en" (default) or "fr". */
  locale?: string
  /** Whether it is known that the address is theirs. Default false. */
  emailVerified?: boolean
}

/** How passwords are kept: better-auth's, scrypt. */
export interface Passwords {
  hash(password: string): Promise<string>
  config: { minPasswordLength: number; maxPasswordLength: number }
}

/**
 * Makes a person who can sign in with a password.
 * @throws ConflictError when the address is taken; InvalidInputError for one that is none, or a short password
 */
export async function createUser(system: SystemDb, passwords: Passwords, input: NewUser): Promise<{ id: string }> {
  const email = checkedEmail(input.email)
  const password = await hashed(passwords, input.password)
  // The system door: a person belongs to no workspace.
  return system.transaction((tx) => insertUser(tx, { ...input, email, password }))
}

/**
 * As {@link createUser}, within a transaction of the system door.
 *
 * @param input its password as it is kept: a hash
 * @throws ConflictError when the address is taken; InvalidInputError for one that is none
 */
export async function insertUser(tx: Pick<SystemDb, 'query'>, input: NewUser): Promise<{ id: string }> {
  const email = checkedEmail(input.email)
  const id = uuidv7()
  const [user] = await tx.query(sql`
    insert into "User" ("id", "name", "email", "emailVerified", "locale", "updatedAt")
    values (${id}, ${input.name.trim()}, ${email}, ${input.emailVerified ?? false}, ${input.locale ?? 'en'}, now())
    on conflict ("email") do nothing returning "id"`)
  if (!user)
    throw new ConflictError({
      en: `Somebody already signs in as ${email}.`,
      fr: `Quelqu’un se connecte déjà en tant que ${email}.`,
    })
  await tx.query(sql`
    insert into "Account" ("id", "userId", "accountId", "providerId", "password", "updatedAt")
    values (${uuidv7()}, ${id}, ${id}, 'credential', ${input.password}, now())`)
  return { id }
}

/**
 * Gives a person a new password, for who has lost theirs, and ends all their sessions.
 * @throws NotFoundError when nobody signs in with the address, InvalidInputError for a password that is too short or long
 */
export async function setPassword(
  system: SystemDb,
  passwords: Passwords,
  email: string,
  password: string,
): Promise<{ id: string }> {
  const hash = await hashed(passwords, password)
  return system.transaction(async (tx) => {
    const [account] = await tx.query<{ id: string }>(sql`
      update "Account" set "password" = ${hash}, "updatedAt" = now() from "User"
      where "User"."id" = "Account"."userId" and "User"."email" = ${email.trim().toLowerCase()}
        and "Account"."providerId" = 'credential' returning "User"."id"`)
    if (!account) throw Object.assign(new NotFoundError('person', email), { message: `Nobody signs in as ${email}.` })
    await tx.query(sql`delete from "Session" where "userId" = ${account.id}`)
    return account
  })
}

/** @throws InvalidInputError for a password that is too short or long */
export async function hashed(passwords: Passwords, password: string): Promise<string> {
  const { minPasswordLength: least, maxPasswordLength: most } = passwords.config
  if (password.length >= least && password.length <= most) return passwords.hash(password)
  throw InvalidInputError.of('input.password', 'LENGTH', {
    en: `A password has ${least} to ${most} characters.`,
    fr: `Un mot de passe compte de ${least} à ${most} caractères.`,
  })
}
