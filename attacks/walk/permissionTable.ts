import { people, type Right } from './rights.ts'

/** The least of the people who may, in the words of the table. */
const words: Readonly<Record<(typeof people)[number], string>> = {
  anonymous: 'Anybody, signed in or not',
  stranger: 'Whoever is signed in, member or not',
  viewer: 'Viewers, and those above them',
  editor: 'Editors, and those above them',
  admin: 'Admins and owners',
  owner: 'Owners',
}

/** The rights that let a lesser role do what a greater one may not: in a ladder of roles there are none. */
export function stepsBack(rights: readonly Right[]): string[] {
  return rights
    .filter(({ people: who }) => who.length > 0 && who.length !== people.length - people.indexOf(least(who)))
    .map(({ where, people: who }) => `${where}: ${who}`)
}

/** Who may do what, as the committed table has it: by the least who may. */
export function permissionTable(rights: readonly Right[]): string {
  const sections = people.flatMap((who) => {
    const held = rights.filter((right) => right.people.length > 0 && least(right.people) === who)
    return held.length === 0 ? [] : [`## ${words[who]}`, table(held)]
  })
  const nobody = rights.filter((right) => right.people.length === 0)
  if (nobody.length > 0) sections.push('## No person', table(nobody))
  return [
    '# Who may do what, as asked',
    'Made by `npm run attacks -- roles --update`: every field of the roots, every field that is decided otherwise than its type, and every route was asked by each kind of person and by keys. What was decided about it is in [permissions.md](permissions.md).',
    'A key gets in with the scope that is named, and not with all others; "any": with whatever scope; "more": a scope alone is not enough, it takes a second one, or a person; "none": not at all. Public is what integrators rely on; the rest is the schema of the web app, which keys may ask, too.',
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

function table(rights: readonly Right[]): string {
  const rows = [...rights]
    .sort((a, b) => (a.where < b.where ? -1 : 1))
    .map(
      ({ where, scope, open }) =>
        `| \`${where}\` | ${/:/.test(scope) ? `\`${scope}\`` : scope} | ${open ? 'public' : ''} |`,
    )
  return ['| | scope of a key | |', '|---|---|---|', ...rows].join('\n')
}

function least(who: readonly string[]): (typeof people)[number] {
  return people.find((one) => who.includes(one)) ?? 'owner'
}
