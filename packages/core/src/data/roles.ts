import pg from 'pg'
import { StartError } from '../errors.ts'

/** The server's login for everything that a workspace owns: bound by every policy. */
export const appRole = 'espalier_app'
/** The server's login for work across workspaces: let through by a policy of its own on each table. */
export const systemRole = 'espalier_system'

/** Passwords of the two roles that the kernel works with. */
export interface RolePasswords {
  app: string
  system: string
}

/**
 * Makes the two logins, or sets their passwords, so that the database knows them before the first
 * migration grants them anything. Runs as the owner of the database, who needs CREATEROLE and need not be
 * a superuser. Servers that start together do it one after the other.
 *
 * @throws {@link StartError} DATABASE_ROLE_TOO_STRONG when one of them could pass the policies by.
 */
export async function provisionRoles(owner: pg.ClientBase, passwords: RolePasswords): Promise<void> {
  await owner.query('begin; select pg_advisory_xact_lock(72707370)')
  try {
    await provision(owner, appRole, passwords.app)
    await provision(owner, systemRole, passwords.system)
    const { rows } = await owner.query('select current_database() as name')
    await owner.query(`grant connect on database ${pg.escapeIdentifier(rows[0].name)} to ${appRole}, ${systemRole}`)
    await owner.query('commit')
  } catch (error) {
    await owner.query('rollback')
    throw error
  }
}

async function provision(owner: pg.ClientBase, role: string, password: string): Promise<void> {
  const { rows } = await owner.query('select rolsuper or rolbypassrls as strong from pg_roles where rolname = $1', [
    role,
  ])
  if (rows[0]?.strong)
    throw new StartError(
      'DATABASE_ROLE_TOO_STRONG',
      `The role ${role} is a superuser or bypasses row level security, so no workspace would be safe from another. Run: ALTER ROLE ${role} NOSUPERUSER NOBYPASSRLS`,
    )
  // A new role has none of those powers. They are not named: only a superuser may name them.
  await owner.query(`${rows[0] ? 'alter' : 'create'} role ${role} with login password ${pg.escapeLiteral(password)}`)
}

/** The same database, signed in as another role. */
export function urlAs(url: string, role: string, password: string): string {
  const parsed = new URL(url)
  parsed.username = role
  parsed.password = encodeURIComponent(password)
  return parsed.toString()
}
