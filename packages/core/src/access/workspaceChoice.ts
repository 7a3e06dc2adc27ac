import { ForbiddenError } from '../errors.ts'

/** Chooses the workspace by id or slug. */
export const workspaceHeader = 'x-espalier-workspace'

/**
 * Which of the workspaces that credentials open a request is in: the one that it names, else the active one,
 * else the only one.
 * @throws ForbiddenError for a name that is not among them, whether such a workspace exists or not
 */
export function chooseWorkspace<Workspace extends { id: string; slug: string }>(
  workspaces: readonly Workspace[],
  wanted: string | null,
  active: string | null,
): Workspace | undefined {
  if (wanted) {
    const named = workspaces.find((workspace) => workspace.id === wanted.toLowerCase() || workspace.slug === wanted)
    if (named) return named
    throw new ForbiddenError({
      en: `You have no access to a workspace "${wanted}". Correct the header ${workspaceHeader}, or leave it out.`,
      fr: `Vous n’avez pas accès à un espace « ${wanted} ». Corrigez l’en-tête ${workspaceHeader}, ou omettez-le.`,
    })
  }
  return (
    workspaces.find((workspace) => workspace.id === active) ?? (workspaces.length === 1 ? workspaces[0] : undefined)
  )
}
