/**
 * What GrowthBook answers, written after its published descriptions: https://api.growthbook.io/api/v1/openapi.yaml for the
 * REST API, https://docs.growthbook.io/lib/build-your-own for what SDKs read.
 */

/** An experiment of the REST API with two variations, half and half. */
export function restExperiment(id: string, more: Record<string, unknown> = {}, phase: Record<string, unknown> = {}) {
  return {
    ...{
      id,
      trackingKey: `track-${id}`,
      name: `Experiment ${id}`,
      type: 'standard',
      project: '',
      hypothesis: 'It sells.',
    },
    ...{ description: '', tags: [], owner: '', archived: false, status: 'running', autoRefresh: true },
    ...{ dateCreated: '2026-01-05T10:00:00.000Z', dateUpdated: '2026-02-05T10:00:00.000Z' },
    ...{ hashAttribute: 'id', hashVersion: 2, variations: [variation('0', 'Control'), variation('1', 'Bold')] },
    phases: [restPhase(phase)],
    settings: { datasourceId: 'ds_1', statsEngine: 'bayesian', goals: [], secondaryMetrics: [], guardrails: [] },
    ...more,
  }
}

export function variation(key: string, name: string) {
  return { variationId: `var_${key}`, key, name, description: '', screenshots: [] }
}

export function restPhase(more: Record<string, unknown> = {}) {
  return {
    ...{ name: 'Main', dateStarted: '2026-01-06T00:00:00.000Z', dateEnded: '', reasonForStopping: '', seed: '' },
    ...{ coverage: 1, targetingCondition: '{}', savedGroupTargeting: [] },
    trafficSplit: [
      { variationId: 'var_0', weight: 0.5 },
      { variationId: 'var_1', weight: 0.5 },
    ],
    ...more,
  }
}

/** A flag of the REST API that has its rules in production. */
export function restFeature(id: string, rules: object[], more: Record<string, unknown> = {}) {
  return {
    ...{
      id,
      archived: false,
      description: '',
      owner: '',
      project: '',
      valueType: 'boolean',
      defaultValue: 'false',
      tags: [],
    },
    ...{ dateCreated: '2026-01-05T10:00:00.000Z', dateUpdated: '2026-02-05T10:00:00.000Z' },
    environments: {
      production: { enabled: true, defaultValue: 'false', rules },
      dev: { enabled: true, defaultValue: 'false', rules: [] },
    },
    ...more,
  }
}

/** The rule by which a flag is decided by an experiment of the REST API. */
export function experimentRef(experimentId: string, values = ['false', 'true']) {
  return {
    ...{
      type: 'experiment-ref',
      id: `fr_${experimentId}`,
      description: '',
      enabled: true,
      condition: '',
      experimentId,
    },
    variations: values.map((value, index) => ({ value, variationId: `var_${index}` })),
  }
}

/** A metric of the REST API. */
export function restMetric(id: string, type: string, more: Record<string, unknown> = {}) {
  return {
    ...{
      id,
      type,
      name: `Metric ${id}`,
      description: 'What it means.',
      managedBy: '',
      owner: '',
      datasourceId: 'ds_1',
    },
    ...{ tags: [], projects: [], archived: false },
    behavior: { goal: 'increase', cappingSettings: { type: 'none' }, windowSettings: { type: 'none' } },
    ...more,
  }
}

/** A metric of facts. */
export function factMetric(id: string, metricType: string, numerator: object, more: Record<string, unknown> = {}) {
  return {
    ...{ id, metricType, name: `Fact ${id}`, description: '', owner: '', projects: [], tags: [], datasource: 'ds_1' },
    numerator: { factTableId: 'ftb_orders', column: '$$count', ...numerator },
    ...{ inverse: false, cappingSettings: { type: 'none' }, windowSettings: { type: 'none' } },
    ...more,
  }
}

export const factTables = [
  { id: 'ftb_orders', name: 'Orders', description: '', sql: "select * from events where event_name = 'purchase'" },
  { id: 'ftb_visits', name: 'Visits', description: '', sql: 'select * from visits', eventName: 'visit' },
]
