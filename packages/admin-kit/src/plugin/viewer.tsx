import { createContext, useContext } from 'react'

/** Who is signed in, where, and what they may. */
export interface Viewer {
  readonly user: { readonly id: string; readonly name: string; readonly email: string; readonly locale: string }
  readonly role: 'OWNER' | 'ADMIN' | 'EDITOR' | 'VIEWER'
  readonly workspace: { readonly id: string; readonly name: string; readonly slug: string }
  readonly workspaces: readonly { readonly id: string; readonly name: string; readonly slug: string }[]
  /** Whether they hold a permission. Undefined takes none. */
  may(permission: string | undefined): boolean
  /** Whether a plugin is switched on. */
  runs(plugin: string): boolean
  /** Asks the server once more who they are: after a change of name, of role, of the workspace. */
  again(): void
}

const ViewerContext = createContext<Viewer | undefined>(undefined)

/** Tells everything below it who looks. */
export const ViewerProvider = ViewerContext

/**
 * Who looks at this page, and what they may do.
 *
 * @throws Error where nobody is signed in
 */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext)
  if (!viewer) throw new Error('Nobody is signed in here. The shell brings the viewer.')
  return viewer
}
