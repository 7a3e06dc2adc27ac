/** What the server makes of a workspace's name for its addresses, to be shown while one writes: "L’été" is "l-ete". */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '')
  return words || 'team'
}
