import { said } from '@espalier/core'
import { z } from 'zod'

const price = (what: string) =>
  z
    .number()
    .gte(0, said({ en: 'is less than 0', fr: 'est inférieur à 0' }))
    .lte(10_000, said({ en: 'is more than 10,000', fr: 'dépasse 10 000' }))
    .describe(`US dollars for a million tokens of ${what}.`)

const monthly = z
  .number()
  .gte(0, said({ en: 'is less than 0', fr: 'est inférieur à 0' }))
  .lte(1_000_000, said({ en: 'is more than 1,000,000', fr: 'dépasse 1 000 000' }))

/** What a workspace may set. The address and the key of the service are no settings: they take "ai:configure". */
export const settings = z.object({
  endpoint: z
    .enum(['chat', 'responses'])
    .default('chat')
    .describe('Which of the two wire formats of OpenAI the service speaks. Most others speak "chat" alone.'),
  model: z
    .string()
    .regex(
      /^\S.{0,199}$/,
      said({ en: 'is empty or has more than 200 characters', fr: 'est vide ou dépasse 200 caractères' }),
    )
    .default('gpt-4.1-mini')
    .describe('The model that is asked where nobody names another.'),
  maxOutputTokens: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
    .lte(200_000, said({ en: 'is more than 200,000', fr: 'dépasse 200 000' }))
    .default(4_096)
    .describe(
      'The longest answer, in tokens, where nobody says how long. What it may cost is set aside of the budget.',
    ),
  timeoutSeconds: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
    .lte(280, said({ en: 'is more than 280, which is as long as a job has', fr: 'dépasse 280, la durée d’une tâche' }))
    .default(120)
    .describe('How long a request may take.'),
  cacheSeconds: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(0, said({ en: 'is less than 0', fr: 'est inférieur à 0' }))
    .lte(2_592_000, said({ en: 'is more than 2,592,000, which is 30 days', fr: 'dépasse 2 592 000, soit 30 jours' }))
    .default(3_600)
    .describe('How long an identical request is answered from memory, free of charge. 0: never.'),
  redact: z
    .enum(['none', 'personal'])
    .default('none')
    .describe(
      'Whether e-mail addresses, telephone numbers, numbers of accounts and cards, and network addresses are replaced before a request leaves.',
    ),
  monthlyBudget: monthly
    .nullable()
    .default(null)
    .describe('US dollars a month for all purposes together. Empty: no limit.'),
  purposeBudgets: z
    .record(z.string(), monthly)
    .default({})
    .describe('US dollars a month by purpose: { "landing-pages.write-variant": 20 }.'),
  prices: z
    .record(
      z.string(),
      z.object({
        input: price('input'),
        cachedInput: price('input that the service had cached').optional(),
        output: price('output'),
      }),
    )
    .default({})
    .describe('Prices of models that are not in the list, or that cost you something else.'),
  storesCompletions: z
    .boolean()
    .default(false)
    .describe(
      'Whether the service keeps answers (`store`), so that one that was lost on the way can be fetched instead of paid for again. Chat only.',
    ),
  keepDays: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
    .lte(3_650, said({ en: 'is more than 3,650, which is ten years', fr: 'dépasse 3 650, soit dix ans' }))
    .default(400)
    .describe('After so many days, what was asked and answered is erased; the figures stay.'),
})

export type Settings = z.output<typeof settings>
