import type { WorkspaceContext } from '@espalier/core'
import { conflict } from '../errors.ts'
import type { PromptVariable } from '../runner.ts'
import { wordingIssues } from '../template.ts'

type Prisma = WorkspaceContext['db']['prisma']

/** Rows as the database keeps them. */
export type StoredPrompt = Awaited<ReturnType<Prisma['prompt']['findFirstOrThrow']>>
export type StoredVariant = Awaited<ReturnType<Prisma['promptVariant']['findFirstOrThrow']>>
export type StoredTest = Awaited<ReturnType<Prisma['promptTest']['findFirstOrThrow']>>

/** The A/B test that runs on a prompt in a language. */
export function findRunningTest(
  context: WorkspaceContext,
  { promptId, language }: Pick<StoredVariant, 'promptId' | 'language'>,
): Promise<StoredTest | null> {
  return context.db.prisma.promptTest.findFirst({ where: { promptId, language, status: 'running' } })
}

/** A variant in a sentence. */
export function nameOf(
  { name }: Pick<StoredPrompt, 'name'>,
  { version, language }: Pick<StoredVariant, 'version' | 'language'>,
): string {
  return `Version ${version} of "${name}" in "${language}"`
}

/** What was sound when it was written may ask for a variable that is no longer given. @throws ConflictError */
export function refuseUnreadable(prompt: StoredPrompt, variant: StoredVariant): void {
  const issues = wordingIssues(variant, prompt.variables as unknown as PromptVariable[])
  if (issues.length > 0)
    throw conflict(
      'UNREADABLE',
      nameOf(prompt, variant),
      issues.map(({ path, message }) => `its ${path} ${message.en}`).join(' '),
    )
}
