import type { Builder } from './builder.ts'
import { both } from './subGraphs.ts'

/** An amount of money in its currency's smallest unit. In GraphQL: `Money`, and `MoneyInput` as an argument. */
export interface Money {
  /** Cents of a euro, yen of a yen. */
  amountMinor: number
  /** ISO 4217: "EUR". */
  currency: string
}

/** Gives a builder `Money` and `MoneyInput`. */
export function addMoney(builder: Builder): void {
  builder.objectType('Money', {
    description: 'An amount of money.',
    authScopes: { public: true },
    subGraphs: both,
    fields: (t) => ({
      amountMinor: t.expose('amountMinor', {
        type: 'SafeInt',
        description: 'In the smallest unit of the currency: cents of a euro.',
      }),
      currency: t.exposeString('currency', { description: 'ISO 4217: "EUR".' }),
    }),
  })
  builder.inputType('MoneyInput', {
    description: 'An amount of money.',
    fields: (t) => ({
      amountMinor: t.field({
        type: 'SafeInt',
        required: true,
        description: 'In the smallest unit of the currency: cents of a euro.',
      }),
      currency: t.string({ required: true, description: 'ISO 4217: "EUR".' }),
    }),
  })
}
