/**
 * Names that a template in liquid takes from outside, in the order of their first use: those in outputs and tags that no
 * tag of the template sets itself. A quick look for a hint while one writes: the server has the last word.
 */
export function usedVariables(template: string): string[] {
  const used = new Set<string>()
  const own = new Set(['forloop', 'tablerowloop'])
  for (const [, code = ''] of template.matchAll(/\{[{%]-?\s*([\s\S]*?)\s*-?[}%]\}/g)) {
    const [, tag, made] = /^(assign|capture|for|tablerow|increment|decrement)\s+(\w+)/.exec(code) ?? []
    const expression = code.replace(/"[^"]*"|'[^']*'/g, ' ').replace(/\|\s*\w+\s*:?/g, ' ')
    for (const [name] of expression.matchAll(/(?<![\w.])[a-zA-Z_]\w*/g))
      if (!words.has(name) && name !== made && !own.has(name)) used.add(name)
    if (tag && made) own.add(made)
  }
  return [...used]
}

/** What liquid itself says. */
const words = new Set(
  (
    'if elsif else endif unless endunless case when endcase for endfor in limit offset reversed cycle tablerow endtablerow cols ' +
    'assign capture endcapture increment decrement comment endcomment raw endraw break continue liquid echo render include ' +
    'and or not contains true false nil null empty blank'
  ).split(' '),
)
