import {
  checkInput,
  InvalidInputError,
  NotFoundError,
  refuseSavedMeanwhile,
  type WorkspaceContext,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { conflict } from '../errors.ts'
import {
  type PromptChange,
  type PromptInput,
  promptChange,
  promptInput,
  type VariantInput,
  variantInput,
} from '../promptInput.ts'
import type { PromptVariable } from '../runner.ts'
import { wordingIssues } from '../template.ts'
import { authorOf } from './author.ts'
import type { BuiltIns } from './builtIns.ts'
import { writeManualEdit } from './lineage.ts'
import { lockPrompt } from './lockPrompt.ts'
import { findRunningTest, nameOf, refuseUnreadable, type StoredPrompt, type StoredVariant } from './storedPrompt.ts'

/** The most versions of a prompt in one language. */
const maxVariants = 1_000

/** Prompts as people write them: versions that never change, one of them active in each language. */
export class Registry {
  readonly #builtIns: BuiltIns

  constructor(builtIns: BuiltIns) {
    this.#builtIns = builtIns
  }

  /** A new prompt with its first variant, which is active. @throws InvalidInputError, ConflictError when the name is taken */
  async create(context: WorkspaceContext, input: PromptInput): Promise<StoredPrompt> {
    const { name, description, variables, variant } = checkInput(promptInput, input)
    refuseUnsound(variant, variables, 'input.variant.')
    return context.transaction(async (tx) => {
      await this.#builtIns.syncAll(tx)
      await lockPrompt(tx, name)
      if (await tx.db.prisma.prompt.findFirst({ where: { name }, select: { id: true } }))
        throw conflict('NAME_TAKEN', name)
      const now = tx.clock.now()
      const prompt = await tx.db.prisma.prompt.create({
        data: { id: uuidv7(), name, description, variables: variables as object[], createdAt: now },
      })
      await tx.db.prisma.promptVariant.create({
        data: {
          ...{ ...variant, ...authorOf(tx.principal), createdAt: now },
          ...{ id: uuidv7(), promptId: prompt.id, version: 1, status: 'active', activatedAt: now },
        },
      })
      tx.audit({ resourceType: 'Prompt', resourceId: prompt.id, after: { ...prompt, definition: undefined } })
      return prompt
    })
  }

  /**
   * Changes what a prompt says of itself.
   *
   * @param expectedVersion refused where somebody has saved the prompt since; without it the last one wins
   * @throws InvalidInputError, NotFoundError, ConflictError for one that a plugin brings, and where somebody saved first
   */
  async update(
    context: WorkspaceContext,
    id: string,
    change: PromptChange,
    expectedVersion?: number | null,
  ): Promise<StoredPrompt> {
    const { description } = checkInput(promptChange, change)
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      const { name, version } = before
      if (before.builtIn) throw conflict('BUILT_IN', name)
      const edited = { what: `prompt "${name}"`, resourceType: 'Prompt', resourceId: id, version }
      await refuseSavedMeanwhile(tx, edited, expectedVersion)
      const after = await tx.db.prisma.prompt.update({
        where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
        data: { ...(description === undefined ? {} : { description }), version: { increment: 1 } },
      })
      tx.audit({
        resourceType: 'Prompt',
        resourceId: id,
        before: { description: before.description },
        after: { description },
      })
      return after
    })
  }

  /**
   * Adds the next version as a draft, and says what it came from.
   *
   * @throws InvalidInputError, NotFoundError, ConflictError when there are 1,000 in the language
   */
  async addVariant(context: WorkspaceContext, promptId: string, input: VariantInput): Promise<StoredVariant> {
    const { parentId, ...variant } = checkInput(variantInput, input)
    return context.transaction(async (tx) => {
      const prompt = await this.#lock(tx, promptId)
      refuseUnsound(variant, prompt.variables as unknown as PromptVariable[], 'input.')
      const siblings = { promptId, language: variant.language }
      const { _max, _count } = await tx.db.prisma.promptVariant.aggregate({
        where: siblings,
        _max: { version: true },
        _count: true,
      })
      if (_count >= maxVariants) throw conflict('TOO_MANY_VARIANTS', prompt.name, _count)
      const parent = await this.#parent(tx, siblings, parentId)
      const made = await tx.db.prisma.promptVariant.create({
        data: {
          ...{ ...variant, ...authorOf(tx.principal), createdAt: tx.clock.now() },
          ...{ id: uuidv7(), promptId, version: (_max.version ?? 0) + 1 },
        },
      })
      if (parent) await writeManualEdit(tx, parent.id, made.id)
      tx.audit({ resourceType: 'PromptVariant', resourceId: made.id, after: made })
      return made
    })
  }

  /** Makes a variant what its prompt says in its language; the one before is retired. @throws NotFoundError, ConflictError */
  async activate(context: WorkspaceContext, variantId: string): Promise<StoredVariant> {
    return context.transaction(async (tx) => {
      const { prompt, variant } = await this.#lockVariant(tx, variantId)
      if (variant.status === 'active') throw conflict('ALREADY_ACTIVE', nameOf(prompt, variant))
      const test = await findRunningTest(tx, variant)
      if (test) throw conflict('LANGUAGE_IN_TEST', variant.language, test.name)
      const now = tx.clock.now()
      return this.#makeActive(tx, prompt, variant, { now, activatedAt: now })
    })
  }

  /**
   * Goes back to the variant that was active before the present one; again, to the one before that.
   *
   * @throws NotFoundError, ConflictError when there is none, or a test runs
   */
  async rollBack(context: WorkspaceContext, promptId: string, language: string): Promise<StoredVariant> {
    return context.transaction(async (tx) => {
      const prompt = await this.#lock(tx, promptId)
      const test = await findRunningTest(tx, { promptId, language })
      if (test) throw conflict('LANGUAGE_IN_TEST', language, test.name)
      const active = await tx.db.prisma.promptVariant.findFirst({ where: { promptId, language, status: 'active' } })
      // Whoever was retired when the present one was activated, or last before that.
      const before = await tx.db.prisma.promptVariant.findFirst({
        where: {
          ...{ promptId, language, status: 'retired', activatedAt: { not: null } },
          ...(active?.activatedAt && { retiredAt: { lte: active.activatedAt } }),
        },
        orderBy: [{ retiredAt: 'desc' }, { activatedAt: 'desc' }],
      })
      if (!before) throw conflict('NOTHING_BEFORE', prompt.name, language)
      // The time of its first activation stays: so the next way back leads further back.
      return this.#makeActive(tx, prompt, before, { now: tx.clock.now() })
    })
  }

  /** Takes a variant out of use. @throws NotFoundError, ConflictError when nothing would be left, or a test has it */
  async retire(context: WorkspaceContext, variantId: string): Promise<StoredVariant> {
    return context.transaction(async (tx) => {
      const { prompt, variant } = await this.#lockVariant(tx, variantId)
      const name = nameOf(prompt, variant)
      if (variant.status === 'retired') throw conflict('ALREADY_RETIRED', name)
      const test = await findRunningTest(tx, variant)
      if (test && [test.controlVariantId, test.treatmentVariantId].includes(variantId))
        throw conflict('IN_TEST', name, test.name)
      const others = { promptId: prompt.id, status: 'active', id: { not: variantId } } as const
      // French falls back on English, English on nothing.
      const substitute = variant.language === 'en' ? undefined : { ...others, language: 'en' }
      if (
        variant.status === 'active' &&
        (!substitute || (await tx.db.prisma.promptVariant.count({ where: substitute })) === 0)
      )
        throw conflict('LAST_ACTIVE', name)
      return this.#change(tx, variant, { status: 'retired', retiredAt: tx.clock.now() })
    })
  }

  /** A prompt by its id. @throws NotFoundError */
  async get(context: WorkspaceContext, id: string): Promise<StoredPrompt> {
    const prompt = await context.db.prisma.prompt.findFirst({ where: { id } })
    if (!prompt) throw new NotFoundError('Prompt', id)
    return prompt
  }

  /** A variant of the same prompt and language: the one that was named, else the active one, else the latest. */
  async #parent(
    tx: WorkspaceContext,
    siblings: { promptId: string; language: string },
    id: string | null,
  ): Promise<StoredVariant | null> {
    if (id === null)
      return (
        (await tx.db.prisma.promptVariant.findFirst({ where: { ...siblings, status: 'active' } })) ??
        tx.db.prisma.promptVariant.findFirst({ where: siblings, orderBy: { version: 'desc' } })
      )
    const parent = await tx.db.prisma.promptVariant.findFirst({ where: { id, promptId: siblings.promptId } })
    if (!parent)
      throw InvalidInputError.of('input.parentId', 'NOT_FOUND', {
        en: `"${id}" is no variant of this prompt. Take one of its variants, or leave it out.`,
        fr: `« ${id} » n’est pas une variante de ce prompt. Prenez l’une des siennes, ou omettez-la.`,
      })
    return parent
  }

  async #makeActive(
    tx: WorkspaceContext,
    prompt: StoredPrompt,
    variant: StoredVariant,
    { now, ...times }: { now: Date; activatedAt?: Date },
  ): Promise<StoredVariant> {
    refuseUnreadable(prompt, variant)
    const { promptId, language } = variant
    const before = await tx.db.prisma.promptVariant.findFirst({ where: { promptId, language, status: 'active' } })
    if (before) await this.#change(tx, before, { status: 'retired', retiredAt: now })
    return this.#change(tx, variant, { status: 'active', retiredAt: null, ...times })
  }

  async #change(tx: WorkspaceContext, before: StoredVariant, data: object): Promise<StoredVariant> {
    const after = await tx.db.prisma.promptVariant.update({
      where: { workspaceId_id: { workspaceId: tx.workspaceId, id: before.id } },
      data,
    })
    tx.audit({ resourceType: 'PromptVariant', resourceId: before.id, before, after })
    return after
  }

  /** The prompt as it is, held until the transaction ends. */
  async #lock(tx: WorkspaceContext, id: string): Promise<StoredPrompt> {
    const { name } = await this.get(tx, id)
    await lockPrompt(tx, name)
    return this.get(tx, id)
  }

  async #lockVariant(tx: WorkspaceContext, id: string): Promise<{ prompt: StoredPrompt; variant: StoredVariant }> {
    const find = () => tx.db.prisma.promptVariant.findFirst({ where: { id } })
    const found = await find()
    if (!found) throw new NotFoundError('PromptVariant', id)
    const prompt = await this.#lock(tx, found.promptId)
    return { prompt, variant: (await find()) ?? found }
  }
}

function refuseUnsound(
  wording: { readonly system: string; readonly template: string },
  variables: readonly Pick<PromptVariable, 'name'>[],
  prefix: string,
): void {
  const issues = wordingIssues(wording, variables)
  if (issues.length > 0)
    throw new InvalidInputError(issues.map((issue) => ({ ...issue, path: `${prefix}${issue.path}` })))
}
