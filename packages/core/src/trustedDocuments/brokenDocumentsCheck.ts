import type { SystemDb } from '../data/database.ts'
import type { HealthCheck } from '../health/reading.ts'
import type { TrustedDocuments } from './trustedDocuments.ts'

/**
 * Whether clients send something that this version does not understand any more: seen after an upgrade, before they complain. The admins of
 * every workspace read it, so it says how many there are, and not whose.
 */
export function brokenDocumentsCheck(documents: TrustedDocuments, system: SystemDb): HealthCheck {
  return {
    key: 'trusted-documents',
    title: { en: 'Trusted documents', fr: 'Documents de confiance' },
    read: async () => {
      const broken = await documents.broken(system)
      const figures = [
        { label: { en: 'Refused by the schema', fr: 'Refusés par le schéma' }, value: broken.length, unit: 'count' },
      ] as const
      if (broken.length === 0)
        return {
          state: 'ok',
          sentence: {
            en: 'The schema takes every document that integrations have registered.',
            fr: 'Le schéma accepte tous les documents que des intégrations ont enregistrés.',
          },
          figures,
        }
      return {
        state: 'degraded',
        sentence: {
          en: `Registered documents that the schema of this version refuses: ${broken.length}. Register new ones; "espalier documents:check" names them and says what is wrong with each.`,
          fr: `Documents enregistrés que le schéma de cette version refuse : ${broken.length}. Enregistrez-en de nouveaux ; « espalier documents:check » les nomme et dit ce qui ne va pas pour chacun.`,
        },
        figures,
      }
    },
  }
}
