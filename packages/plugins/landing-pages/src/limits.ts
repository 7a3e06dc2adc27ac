import { type PluginLimit, sql } from '@espalier/core'
import { maxBlocks, maxBytes } from './content.ts'
import { limit as formLimit } from './forms/formRoute.ts'
import { maxImageBytes } from './images/routes.ts'
import { maxVariants } from './page.ts'
import type { Pages } from './pages.ts'

/** How large pages and images are, and what forms take. */
export const pageLimits: readonly PluginLimit<Pages>[] = [
  {
    key: 'landing-pages.images',
    title: { en: 'Uploaded images', fr: 'Images envoyées' },
    about: {
      en: 'Their originals, as they were uploaded; the sizes that are made of them come on top.',
      fr: 'Les originaux, tels qu’envoyés ; les tailles qui en sont tirées s’y ajoutent.',
    },
    unit: 'bytes',
    from: { kind: 'fixed' },
    read: async (_pages, context) => {
      const [row] = await context.db.query<{ used: number }>(
        sql`select coalesce(sum("bytes"), 0)::float8 as "used" from "Image"`,
      )
      return { most: null, used: row?.used ?? 0 }
    },
  },
  {
    key: 'landing-pages.image-size',
    title: { en: 'Size of an image', fr: 'Taille d’une image' },
    about: { en: 'A larger upload is refused.', fr: 'Un envoi plus lourd est refusé.' },
    unit: 'bytes',
    from: { kind: 'fixed' },
    read: () => ({ most: maxImageBytes }),
  },
  {
    key: 'landing-pages.page-size',
    title: { en: 'Content of a page version', fr: 'Contenu d’une version de page' },
    about: {
      en: 'Its blocks with their texts, as it is stored.',
      fr: 'Ses blocs avec leurs textes, tel qu’il est gardé.',
    },
    unit: 'bytes',
    from: { kind: 'fixed' },
    read: () => ({ most: maxBytes }),
  },
  {
    key: 'landing-pages.blocks',
    title: { en: 'Blocks of a page version', fr: 'Blocs d’une version de page' },
    about: { en: 'Those within others counted.', fr: 'Ceux que d’autres contiennent compris.' },
    unit: 'count',
    from: { kind: 'fixed' },
    read: () => ({ most: maxBlocks }),
  },
  {
    key: 'landing-pages.variants',
    title: { en: 'Versions of a page', fr: 'Versions d’une page' },
    about: { en: 'Taken: by the page that has most of them.', fr: 'Pris : par la page qui en a le plus.' },
    unit: 'count',
    from: { kind: 'fixed' },
    read: async (_pages, context) => {
      const [row] = await context.db.query<{ used: number | null }>(sql`
        select max("count")::int as "used" from (
          select count(*) as "count" from "PageVariant" where "status" <> 'archived' group by "pageId") as "each"`)
      return { most: maxVariants, used: row?.used ?? 0 }
    },
  },
  {
    key: 'landing-pages.submissions',
    title: { en: 'Forms that one address may send', fr: 'Formulaires qu’une adresse peut envoyer' },
    about: {
      en: 'Of each network address. What is beyond is refused for a while.',
      fr: 'De chaque adresse réseau. Au-delà, les envois sont refusés un moment.',
    },
    unit: 'count',
    per: 'minute',
    from: { kind: 'fixed' },
    read: () => ({ most: (formLimit.points * 60) / formLimit.seconds }),
  },
  {
    key: 'landing-pages.submission-retention',
    title: { en: 'What visitors send is kept', fr: 'Ce que les visiteurs envoient est gardé' },
    about: { en: 'Then it is erased, every night.', fr: 'Ensuite c’est effacé, chaque nuit.' },
    unit: 'days',
    from: { kind: 'setting', name: 'submissionRetentionDays' },
    read: async (pages, context) => ({ most: await pages.submissionRetentionDays(context) }),
  },
]
