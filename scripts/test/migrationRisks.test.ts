import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrationRisks, wayOut } from '../migrationRisks.ts'

const root = join(import.meta.dirname, '../..')

/**
 * Up to here migrations were written before anybody ran a release, so that no installation has rows that they would meet. Never move
 * this: what comes after it runs beside servers of the version before.
 */
const beforeTheFirstRelease = '20261122'

/** Looked at: what is said of it holds no one up. */
const harmless = [
  // One small row a workspace, which a job makes again.
  'changes-many-rows of TrackingDaysKept in 20261123095500_tracking_periods_in_utc',
]

describe('migrations of an installation that serves meanwhile', () => {
  test.for([
    ['CREATE INDEX "Pear_at" ON "Pear"("at")', 'index-locks-writes'],
    ['CREATE UNIQUE INDEX IF NOT EXISTS pear_at ON pear (at)', 'index-locks-writes'],
    ['ALTER TABLE "Pear" ADD COLUMN "name" TEXT NOT NULL', 'column-missing-for-old'],
    ['ALTER TABLE "Pear" ADD COLUMN "a" TEXT,\nADD COLUMN     "b" TEXT NOT NULL', 'column-missing-for-old'],
    ['ALTER TABLE "Pear" ADD COLUMN "id" UUID NOT NULL DEFAULT gen_random_uuid()', 'rewrites-table'],
    ['ALTER TABLE "Pear" ADD COLUMN "s" TEXT GENERATED ALWAYS AS (lower("name")) STORED', 'rewrites-table'],
    ['ALTER TABLE "Pear" ALTER COLUMN "count" SET DATA TYPE BIGINT', 'rewrites-table'],
    ['ALTER TABLE "Pear" ALTER COLUMN "name" SET NOT NULL', 'scans-under-lock'],
    ['ALTER TABLE "Pear" ADD CONSTRAINT "k" FOREIGN KEY ("a", "b") REFERENCES "Tree"("a", "b")', 'scans-under-lock'],
    ['ALTER TABLE "Pear" RENAME COLUMN "name" TO "title"', 'old-version-breaks'],
    ['ALTER TABLE "Pear" DROP COLUMN "name"', 'old-version-breaks'],
    ['DROP TABLE "Pear"', 'old-version-breaks'],
    ['UPDATE "Pear" SET "ripe" = true', 'changes-many-rows'],
    ['INSERT INTO "Pear" SELECT * FROM "Plum"', 'changes-many-rows'],
  ] as const)('%s: %s', ([sql, rule]) => {
    expect(migrationRisks(`-- A comment; with its own.\n${sql};`)).toMatchObject([
      { rule, table: expect.stringMatching(/pear/i) },
    ])
    expect(wayOut[rule]).toMatch(/\.$/)
    // A table of its own is nobody's yet.
    expect(migrationRisks(`CREATE TABLE "Pear" ("at" TIMESTAMPTZ); CREATE TABLE pear (at int); ${sql};`)).toEqual([])
  })

  test.for([
    'CREATE INDEX CONCURRENTLY "Pear_at" ON "Pear"("at")',
    `ALTER TABLE "Pear" ADD COLUMN "name" TEXT, ADD COLUMN "ripe" BOOLEAN NOT NULL DEFAULT false, ADD COLUMN "a" TEXT NOT NULL DEFAULT 'x, y'`,
    'ALTER TABLE "Pear" ADD CONSTRAINT "named" CHECK ("name" IS NOT NULL) NOT VALID',
    'ALTER TABLE "Pear" VALIDATE CONSTRAINT "named"',
    'ALTER TABLE "Pear" ALTER COLUMN "name" DROP NOT NULL, ALTER COLUMN "name" DROP DEFAULT, DROP CONSTRAINT "named"',
    '-- removed since 1.4.0\nALTER TABLE "Pear" DROP COLUMN "name"',
    `INSERT INTO "Pear" ("name") VALUES ('Conference')`,
    `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE "Pear" SET "ripe" = true; DROP TABLE "Pear"; END $$`,
    'CREATE TABLE "Plum" ("id" INT); CREATE INDEX "Plum_id" ON "Plum"("id")',
  ])('%s harms nobody', (sql) => {
    expect(migrationRisks(sql)).toEqual([])
  })

  test('those of the repository and of its plugins stop and break nothing', () => {
    const files = globSync(
      ['prisma/migrations/*/migration.sql', '{packages/plugins,examples}/*/migrations/*/migration.sql'],
      {
        cwd: root,
      },
    )
    const risks = files.flatMap((file) =>
      migrationRisks(readFileSync(join(root, file), 'utf8')).map((risk) => ({
        name: basename(dirname(file)),
        ...risk,
      })),
    )
    // It finds what is there to be found: an empty list would say nothing.
    expect(risks.filter(({ name }) => name.slice(0, 8) <= beforeTheFirstRelease).length).toBeGreaterThan(50)
    const later = risks
      .filter(({ name }) => name.slice(0, 8) > beforeTheFirstRelease)
      .filter(({ name, table, rule }) => !harmless.includes(`${rule} of ${table} in ${name}`))
    expect(later.map(({ name, table, rule, statement }) => `${name}, ${table}: ${statement}. ${wayOut[rule]}`)).toEqual(
      [],
    )
  })
})
