import fc from 'fast-check'

/** Whatever might be taken for a separator, a pattern or an escape, and then anything at all. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    ':',
    '"',
    '","',
    '\\',
    '\\"',
    '*',
    '[',
    ']',
    '\u0000',
    '\n',
    '\ud800',
    'a',
    '["a","b"]',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

/**
 * Names of so many parts that are all different, and all the same where their parts are only joined: the same
 * fragments, cut into parts at every place, with the separator inside the parts.
 */
export function hostileNames(parts: number): fc.Arbitrary<string[][]> {
  return fc
    .record({
      separator: fc.constantFrom('', ':', '|', '/', '.', ',', '","', '\\', '\u0000', '\n'),
      fragments: fc.array(hostileText, { minLength: parts + 1, maxLength: parts + 2 }),
    })
    .map(({ separator, fragments }) => {
      const names = groupings(fragments, parts).map((groups) => groups.map((group) => group.join(separator)))
      return [...new Map(names.map((name) => [JSON.stringify(name), name])).values()]
    })
}

/** Every way to cut a list into so many non-empty runs. */
function groupings(list: readonly string[], runs: number): string[][][] {
  if (runs === 1) return [[[...list]]]
  const ways: string[][][] = []
  for (let cut = 1; cut <= list.length - runs + 1; cut++) {
    for (const rest of groupings(list.slice(cut), runs - 1)) ways.push([list.slice(0, cut), ...rest])
  }
  return ways
}
