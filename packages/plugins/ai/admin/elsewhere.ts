import { elsewhere } from '@espalier/admin-kit'

/** The prompt that a model was asked with. */
export const prompt = elsewhere({ plugin: 'prompts', path: 'prompts/$name' })

/** What mail has cost. */
export const mailDays = elsewhere({ plugin: 'mail', path: 'mail/days' })
