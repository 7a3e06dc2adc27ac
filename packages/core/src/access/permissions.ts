import { LRUCache } from 'lru-cache'
import { InvalidInputError, startError } from '../errors.ts'
import { type Role, roles } from './principal.ts'

/** What may be granted: to a role by its rank, to an API key as a scope. */
export interface DeclaredPermission {
  readonly name: string
  /** What it allows, in words. */
  readonly description: string
  /** The same in French; English stands in where nobody has said it. */
  readonly french: string
  /** The least role that holds it; so do the ones above. */
  readonly leastRole: Role
  /** The plugin that declares it, or "core". */
  readonly plugin: string
}

/**
 * What a permission allows, in words. `personal`: it opens what people have entrusted to the workspace, so viewers do not
 * get it with the other `:read` permissions; editors and up do.
 */
export type PermissionDeclaration = string | { readonly allows: string; readonly personal: true }

/** A plugin, as far as permissions go. */
export interface PermissionSource {
  readonly name: string
  readonly permissions?: Readonly<Record<string, PermissionDeclaration>>
  /** Permission → in French what it allows. */
  readonly french?: Readonly<Record<string, string>>
}

const kernelPermissions: readonly Omit<DeclaredPermission, 'plugin'>[] = [
  { name: 'workspace:read', description: 'See the workspace', french: 'Voir l’espace de travail', leastRole: 'viewer' },
  {
    name: 'workspace:write',
    description: 'Rename the workspace, make new ones',
    french: 'Renommer l’espace de travail, en créer d’autres',
    leastRole: 'admin',
  },
  { name: 'members:read', description: 'See who is a member', french: 'Voir qui est membre', leastRole: 'viewer' },
  {
    name: 'members:write',
    description: 'Invite and remove members, change their roles',
    french: 'Inviter et retirer des membres, changer leurs rôles',
    leastRole: 'admin',
  },
  {
    name: 'api-keys:write',
    description: 'See, make and revoke API keys',
    french: 'Voir, créer et révoquer des clés d’API',
    leastRole: 'admin',
  },
  {
    name: 'trusted-documents:write',
    description: 'Register and remove trusted documents of the API',
    french: 'Enregistrer et retirer des documents de confiance de l’API',
    leastRole: 'admin',
  },
  { name: 'audit:read', description: 'Read the audit trail', french: 'Lire le journal d’audit', leastRole: 'admin' },
  {
    name: 'system:read',
    description: 'See how the installation is',
    french: 'Voir l’état de l’installation',
    leastRole: 'admin',
  },
  {
    name: 'settings:read',
    description: "See plugins' settings",
    french: 'Voir les réglages des plugins',
    leastRole: 'viewer',
  },
  {
    name: 'settings:write',
    description: "Change plugins' settings",
    french: 'Changer les réglages des plugins',
    leastRole: 'editor',
  },
  {
    name: 'jobs:read',
    description: 'See background jobs and their results',
    french: 'Voir les tâches de fond et leurs résultats',
    leastRole: 'viewer',
  },
  {
    name: 'jobs:write',
    description: 'Retry and cancel background jobs',
    french: 'Relancer et annuler des tâches de fond',
    leastRole: 'editor',
  },
]

/** Every permission of an installation, the kernel's and its plugins', and who holds which. */
export class Permissions {
  readonly declared: ReadonlyMap<string, DeclaredPermission>
  readonly #byRole: ReadonlyMap<Role, ReadonlySet<string>>
  readonly #byColumn = new LRUCache<string, ReadonlySet<string>>({
    max: 1_000,
    memoMethod: (column) => this.#readColumn(column),
  })

  /** @throws StartError when a name is malformed or declared twice */
  constructor(plugins: readonly PermissionSource[]) {
    const declared = new Map<string, DeclaredPermission>()
    for (const permission of kernelPermissions) declared.set(permission.name, { ...permission, plugin: 'core' })
    for (const plugin of plugins) {
      for (const [name, declaration] of Object.entries(plugin.permissions ?? {})) {
        if (!wellFormed.test(name)) {
          throw startError(
            'PLUGIN_DEFECT',
            plugin.name,
            `permission "${name}"`,
            'is not of the form "noun:verb" in lower case.',
          )
        }
        const taken = declared.get(name)
        if (taken) throw startError('DEFINITION_DUPLICATED', 'permission', name, taken.plugin, plugin.name)
        declared.set(name, {
          name,
          description: whatItAllows(declaration),
          french: plugin.french?.[name] ?? whatItAllows(declaration),
          leastRole: leastRoleOf(name, declaration),
          plugin: plugin.name,
        })
      }
    }
    this.declared = declared
    this.#byRole = new Map(roles.map((role) => [role, new Set(heldBy(role, declared.values()))]))
  }

  /** What a role holds. The same set object every time. */
  ofRole(role: Role): ReadonlySet<string> {
    return this.#byRole.get(role) as ReadonlySet<string>
  }

  /**
   * The scopes of an API key as the column `ApiKey.permissions` keeps them: actions by resource, in JSON.
   * @throws InvalidInputError naming the first scope that nothing declares
   */
  scopesToColumn(scopes: Iterable<string>): string {
    const byResource: Record<string, string[]> = {}
    for (const scope of [...new Set(scopes)].sort()) {
      if (!this.declared.has(scope)) {
        throw InvalidInputError.of('input.scopes', 'UNKNOWN_SCOPE', {
          en: `There is no permission "${scope}". Declared are: ${[...this.declared.keys()].join(', ')}.`,
          fr: `Il n’y a pas de permission « ${scope} ». Existent : ${[...this.declared.keys()].join(', ')}.`,
        })
      }
      const split = scope.indexOf(':')
      const resource = scope.slice(0, split)
      byResource[resource] = [...(byResource[resource] ?? []), scope.slice(split + 1)]
    }
    return JSON.stringify(byResource)
  }

  /** The scopes in a column. One whose plugin is gone grants nothing. The same set object while it is remembered. */
  scopesFromColumn(column: string | null): ReadonlySet<string> {
    return this.#byColumn.memo(column ?? '')
  }

  #readColumn(column: string): ReadonlySet<string> {
    const byResource: Record<string, string[]> = column ? JSON.parse(column) : {}
    const scopes = Object.entries(byResource).flatMap(([resource, actions]) =>
      actions.map((action) => `${resource}:${action}`),
    )
    return new Set(scopes.filter((scope) => this.declared.has(scope)))
  }
}

/** In words. */
export function whatItAllows(declaration: PermissionDeclaration): string {
  return typeof declaration === 'string' ? declaration : declaration.allows
}

export function isRole(value: string): value is Role {
  return (roles as readonly string[]).includes(value)
}

/** Whether `role` holds everything that `other` holds. */
export function atLeast(role: Role, other: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(other)
}

const wellFormed = /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/

function leastRoleOf(permission: string, declaration: PermissionDeclaration): Role {
  if (permission.endsWith(':read')) return typeof declaration === 'string' ? 'viewer' : 'editor'
  return permission.endsWith(':write') ? 'editor' : 'admin'
}

function heldBy(role: Role, declared: Iterable<DeclaredPermission>): string[] {
  return [...declared].filter((permission) => atLeast(role, permission.leastRole)).map((permission) => permission.name)
}
