/** The keys of a holdout's variants: everybody else, and those who are held back. */
export const holdoutKeys = { general: 'general', heldBack: 'held-back' } as const
