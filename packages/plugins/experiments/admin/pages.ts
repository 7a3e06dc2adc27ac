import { listSearch, page } from '@espalier/admin-kit'
import * as v from 'valibot'

const read = 'experiments:read'
const write = 'experiments:write'

export const experimentsPage = page({
  path: 'experiments',
  title: { en: 'Experiments', fr: 'Expériences' },
  permission: read,
  search: listSearch,
  load: () => import('./list/Experiments.tsx'),
})

export const newExperimentPage = page({
  path: 'experiments/new',
  title: { en: 'New experiment', fr: 'Nouvelle expérience' },
  permission: write,
  search: v.object({
    /** UUID of the landing page that it is for: its traffic says how long the experiment takes. */
    page: v.fallback(v.optional(v.string()), undefined),
  }),
  load: () => import('./form/NewExperiment.tsx'),
})

export const tabs = ['results', 'health', 'setup', 'history'] as const
export const dimensions = ['DEVICE', 'COUNTRY', 'CHANNEL'] as const

export const experimentPage = page({
  path: 'experiments/$id',
  title: { en: 'Experiment', fr: 'Expérience' },
  permission: read,
  search: v.object({
    tab: v.fallback(v.optional(v.picklist(tabs), 'results'), 'results'),
    /** UUID of the metric whose course and slices are shown. Default: the first goal. */
    metric: v.fallback(v.optional(v.string()), undefined),
    course: v.fallback(v.optional(v.picklist(['lift', 'mean', 'exposures']), 'lift'), 'lift'),
    by: v.fallback(v.optional(v.picklist(dimensions), 'DEVICE'), 'DEVICE'),
    /** Key of the variant whose slices are shown. Default: the first after the control. */
    variant: v.fallback(v.optional(v.string()), undefined),
  }),
  load: () => import('./experiment/Experiment.tsx'),
})

export const editExperimentPage = page({
  path: 'experiments/$id/edit',
  title: { en: 'Change the draft', fr: 'Modifier le brouillon' },
  permission: write,
  load: () => import('./form/EditExperiment.tsx'),
})

export const metricsPage = page({
  path: 'experiments/metrics',
  title: { en: 'Metrics', fr: 'Métriques' },
  permission: read,
  search: listSearch,
  load: () => import('./metrics/Metrics.tsx'),
})

export const newMetricPage = page({
  path: 'experiments/metrics/new',
  title: { en: 'New metric', fr: 'Nouvelle métrique' },
  permission: write,
  load: () => import('./metrics/NewMetric.tsx'),
})

export const metricPage = page({
  path: 'experiments/metrics/$id',
  title: { en: 'Metric', fr: 'Métrique' },
  permission: read,
  load: () => import('./metrics/Metric.tsx'),
})

export const uploadImportPage = page({
  path: 'experiments/import',
  title: { en: 'Import from GrowthBook', fr: 'Importer de GrowthBook' },
  permission: write,
  load: () => import('./import/UploadImport.tsx'),
})

export const importPage = page({
  path: 'experiments/import/$id',
  title: { en: 'Import', fr: 'Import' },
  permission: write,
  search: listSearch,
  load: () => import('./import/Import.tsx'),
})
