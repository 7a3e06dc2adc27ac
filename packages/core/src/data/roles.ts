import pg from 'pg'

/** The server's login for everything that a workspace owns: bound by every policy. */
export const appRole = 'espalier_app'
/** The server's login for work across workspaces: let through by a policy of its own on each table. */
export const systemRole = 'espalier_system'

export interface RolePasswords {
  app: string
  system: string
}

/**
 * Makes the two logins, or sets their passwords, so that the database knows them before the first
 * migration grants them anything. Runs as the owner, which needs CREATEROLE.
 */
export async function provisionRoles(owner: pg.ClientBase, passwords: RolePasswords): Promise<void> {
  for (const [role, password] of [
    [appRole, passwords.app],
    [systemRole, passwords.system],
  ] as const) {
    const { rowCount } = await owner.query('select 1 from pg_roles where rolname = $1', [role])
    const verb = rowCount ? 'alter' : 'create'
    await owner.query(
      `${verb} role ${role} with login nosuperuser nobypassrls nocreatedb nocreaterole password ${pg.escapeLiteral(password)}`,
    )
  }
  const { rows } = await owner.query('select current_database() as name')
  await owner.query(`grant connect on database ${pg.escapeIdentifier(rows[0].name)} to ${appRole}, ${systemRole}`)
}

/** The same database, signed in as another role. */
export function urlAs(url: string, role: string, password: string): string {
  const parsed = new URL(url)
  parsed.username = role
  parsed.password = encodeURIComponent(password)
  return parsed.toString()
}
