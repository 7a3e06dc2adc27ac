import { definePluginAdmin } from '@espalier/admin-kit'
import { FlaskConical, Plus, Ruler } from 'lucide-react'
import {
  editExperimentPage,
  experimentPage,
  experimentsPage,
  importPage,
  metricPage,
  metricsPage,
  newExperimentPage,
  newMetricPage,
  uploadImportPage,
} from './pages.ts'

const read = 'experiments:read'

export default definePluginAdmin({
  name: 'experiments',
  pages: [
    experimentsPage,
    newExperimentPage,
    experimentPage,
    editExperimentPage,
    metricsPage,
    newMetricPage,
    metricPage,
    uploadImportPage,
    importPage,
  ],
  navigation: [
    {
      page: experimentsPage,
      label: { en: 'Experiments', fr: 'Expériences' },
      icon: FlaskConical,
      section: 'pages',
      order: 20,
      keys: 'g e',
    },
    {
      page: metricsPage,
      label: { en: 'Metrics', fr: 'Métriques' },
      icon: Ruler,
      section: 'pages',
      order: 30,
      keys: 'g m',
    },
  ],
  widgets: [
    {
      id: 'experiments.running',
      title: { en: 'Running experiments', fr: 'Expériences en cours' },
      size: 'wide',
      order: 40,
      permission: read,
      load: () => import('./dashboard/RunningWidget.tsx'),
    },
    {
      id: 'experiments.status',
      title: { en: 'Experiments by status', fr: 'Expériences par état' },
      size: 'small',
      order: 60,
      permission: read,
      load: () => import('./dashboard/StatusWidget.tsx'),
    },
  ],
  decisions: [{ id: 'experiments.verdicts', permission: read, load: () => import('./dashboard/Decisions.tsx') }],
  panels: [
    {
      on: 'Page',
      id: 'experiments.of-page',
      title: { en: 'Experiment', fr: 'Expérience' },
      order: 20,
      permission: read,
      load: () => import('./dashboard/PagePanel.tsx'),
    },
  ],
  commands: [
    {
      id: 'experiments.new',
      label: { en: 'New experiment', fr: 'Nouvelle expérience' },
      icon: Plus,
      keys: 'c e',
      permission: 'experiments:write',
      run: ({ goTo }) => goTo(newExperimentPage),
    },
    {
      id: 'experiments.new-metric',
      label: { en: 'New metric', fr: 'Nouvelle métrique' },
      icon: Plus,
      permission: 'experiments:write',
      run: ({ goTo }) => goTo(newMetricPage),
    },
    {
      id: 'experiments.import',
      label: uploadImportPage.title,
      permission: 'experiments:write',
      run: ({ goTo }) => goTo(uploadImportPage),
    },
  ],
  search: { permission: read, load: () => import('./search.ts') },
})
