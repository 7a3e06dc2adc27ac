/** From most to least: each holds what the ones after it hold. */
export const roles = ['OWNER', 'ADMIN', 'EDITOR', 'VIEWER'] as const
export type Role = (typeof roles)[number]

/** What somebody with this role may make others: nobody hands out more than they hold. */
export function grantable(own: Role): readonly Role[] {
  return roles.slice(roles.indexOf(own))
}
