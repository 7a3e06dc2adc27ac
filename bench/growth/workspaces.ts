import { compareStarts, openInstallation } from './installation.ts'
import { sized } from './plugins.ts'
import { compareSizes } from './questions.ts'
import { filled, fillWorkspaces } from './workspaceRows.ts'

const [few, many] = [10, Number(process.env.WORKSPACES ?? 10_000)]

/** Ten workspaces and ten thousand, of equal size, and one of them asked. */
export async function growWorkspaces(): Promise<void> {
  await using small = await openInstallation({ plugins: 3, fill: (owner) => fillWorkspaces(owner, few) })
  await using large = await openInstallation({ plugins: 3, fill: (owner) => fillWorkspaces(owner, many) })
  const [one, two] = [sized(small, `${few} workspaces`), sized(large, `${many.toLocaleString('en')} workspaces`)]
  await compareSizes(
    {
      key: 'growth-workspaces',
      title: `${one.name} → ${two.name}`,
      notes: [filled, await compareStarts(small, large, [one.name, two.name])],
    },
    one,
    two,
    { atMost: 1.2, alike: true },
  )
}
