/** What a migration would do to servers that run meanwhile: those of the version before, and everybody who waits for them. */
export interface MigrationRisk {
  readonly rule: keyof typeof wayOut
  /** The statement, cut short. */
  readonly statement: string
  readonly table: string
}

/** What to do instead, by the rule that is broken. */
export const wayOut = {
  'index-locks-writes':
    'Writers wait until it is built. CREATE INDEX CONCURRENTLY, alone in a migration of its own; for a partitioned table, on each partition first.',
  'column-missing-for-old':
    'The version before does not fill it, so its inserts fail. Give it a DEFAULT, or leave NOT NULL to a later release.',
  'rewrites-table':
    'Every row is written anew under an exclusive lock. Add a new column, fill it in batches (a job), switch over, drop the old one in a later release.',
  'scans-under-lock':
    'Every row is read under an exclusive lock. For NOT NULL: ADD CONSTRAINT … CHECK ("x" IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT in a later migration, then SET NOT NULL is instant. For a key or check: NOT VALID, then VALIDATE CONSTRAINT in a later migration.',
  'old-version-breaks':
    'The version before still asks for it. Stop using it in one release, remove it in the next: then say so on the line above, -- removed since <version>.',
  'changes-many-rows':
    'All of it in one transaction, whose locks others wait for. Fill in batches, in a job; or bound it by a list of ids.',
} as const

/**
 * The statements of a migration that would stop or break an installation that serves meanwhile. Tables that the migration makes itself
 * are nobody's yet. A statement under a comment `-- removed since <version>` removes what no version before uses any more.
 *
 * @param sql of one migration
 */
export function migrationRisks(sql: string): MigrationRisk[] {
  const statements = split(sql)
  const made = new Set(
    statements.flatMap(({ text }) => tableIn(/^create (?:unlogged )?table (?:if not exists )?/i, text) ?? []),
  )
  return statements.flatMap(({ text, removed }) =>
    found(text)
      .filter(({ table, rule }) => !made.has(table) && !(removed && rule === 'old-version-breaks'))
      .map((risk) => ({ ...risk, statement: text.replace(/\s+/g, ' ').slice(0, 120) })),
  )
}

type Found = Pick<MigrationRisk, 'rule' | 'table'>

function found(text: string): Found[] {
  const index = /^create (?:unique )?index (?!concurrently)(?:if not exists )?(?:"[^"]+"|\w+) on (?:only )?/i
  const indexed = tableIn(index, text)
  if (indexed) return [{ rule: 'index-locks-writes', table: indexed }]
  const dropped = tableIn(/^drop table (?:if exists )?/i, text)
  if (dropped) return [{ rule: 'old-version-breaks', table: dropped }]
  const changed = tableIn(/^(?:update|delete from|insert into) (?:only )?/i, text)
  if (changed && !/\bvalues\b/i.test(text)) return [{ rule: 'changes-many-rows', table: changed }]
  const altered = tableIn(/^alter table (?:if exists )?(?:only )?/i, text)
  if (!altered) return []
  return actions(text).flatMap((action) => {
    const rule = ruleOf(action)
    return rule ? [{ rule, table: altered }] : []
  })
}

/** What one action of an ALTER TABLE breaks. */
function ruleOf(action: string): keyof typeof wayOut | undefined {
  if (/^rename|^drop column|^drop (?!constraint|not null|default)/i.test(action)) return 'old-version-breaks'
  if (/^alter (?:column )?\S+ (?:set data )?type\b/i.test(action)) return 'rewrites-table'
  if (/^alter (?:column )?\S+ set not null/i.test(action)) return 'scans-under-lock'
  if (/^add (?:constraint|foreign key|check|unique|primary key)/i.test(action))
    return /not valid|using index/i.test(action) ? undefined : 'scans-under-lock'
  if (!/^add (?:column )?/i.test(action)) return undefined
  if (
    /generated always as (?!identity)|default (?:clock_timestamp|gen_random_uuid|uuidv7|random|nextval)/i.test(action)
  )
    return 'rewrites-table'
  return /\bnot null\b/i.test(action) && !/\bdefault\b/i.test(action) ? 'column-missing-for-old' : undefined
}

/** The actions of an ALTER TABLE: apart by commas that are in no parentheses and no text. */
function actions(text: string): string[] {
  const body = text.replace(/^alter table (?:if exists )?(?:only )?(?:"[^"]+"|\w+(?:\.\w+)?)\s*/i, '')
  const parts: string[] = ['']
  let depth = 0
  for (const token of body.match(/'(?:[^']|'')*'|[(),]|[^'(),]+/g) ?? []) {
    if (token === '(') depth += 1
    if (token === ')') depth -= 1
    if (token === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts.map((part) => part.trim().replace(/\s+/g, ' '))
}

function tableIn(beginning: RegExp, text: string): string | undefined {
  const rest = beginning.exec(text.replace(/\s+/g, ' '))
  if (!rest) return undefined
  return /^(?:public\.)?(?:"([^"]+)"|(\w+))/
    .exec(text.replace(/\s+/g, ' ').slice(rest[0].length))
    ?.slice(1)
    .find(Boolean)
}

/** Statements without comments and without the bodies of functions, and whether the comment above says that nobody uses it any more. */
function split(sql: string): { text: string; removed: boolean }[] {
  return (
    sql
      .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
      // What ends a statement does not in comments and texts.
      .replace(/--.*$/gm, (comment) => comment.replace(/[;']/g, ' '))
      .replace(/'(?:[^']|'')*'/g, (text) => text.replaceAll(';', ' '))
      .split(';')
      .map((part) => ({
        text: part.replace(/^\s*--.*$/gm, '').trim(),
        removed: /^\s*-- removed since \S+/m.test(part),
      }))
      .filter(({ text }) => text !== '')
  )
}
