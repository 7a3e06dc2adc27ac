import type { ApiClient } from './apiClient.ts'

/** Something to show on the pages that are about one thing. */
export interface Examples {
  /** The value of a parameter of a page's path. Where there is no such thing, an id of nothing: also a page to be seen. */
  parameterOf(path: string, name: string): string
}

/** An id that nothing has. */
export const nothing = '01900000-0000-7000-8000-000000000000'

/**
 * Finds, and where it takes no service from outside makes, one of everything in the demo workspace.
 *
 * @param options.prompt name of the prompt to be shown; without it, the first
 */
export async function makeExamples({ ask }: ApiClient, { prompt }: { prompt?: string } = {}): Promise<Examples> {
  await ask(`mutation {
    sendDailyReport { ... on Error { message } }
    createAlertRule(input: { name: "Few visitors", kind: THRESHOLD, metric: "tracking.visitors", direction: BELOW, threshold: 10 }) {
      ... on Error { message }
    }
    createWebhookEndpoint(input: { url: "https://hooks.example.com/espalier", description: "The team’s chat" }) {
      ... on Error { message }
    }
    createApiKey(input: { name: "The shop", scopes: ["pages:read"] }) { ... on Error { message } }
  }`)
  const { prepareExperimentImport: prepared } = await ask<{ prepareExperimentImport: { data: { id: string } } }>(
    `mutation ($file: JSON!) { prepareExperimentImport(export: $file) { ... on Error { message } ... on PrepareExperimentImportSuccess { data { id } } } }`,
    { file: { features: { plain: { defaultValue: true }, sale: { defaultValue: false, rules: [{ force: true }] } } } },
  )
  const found = await ask<Record<string, { nodes: { id?: string; name?: string }[] }>>(`{
    pages(first: 1) { nodes { id } }
    experiments(first: 1) { nodes { id } }
    experimentMetrics(first: 1) { nodes { id } }
    aiCalls(first: 1) { nodes { id } }
    mailMessages(first: 1) { nodes { id } }
    prompts(first: 1) { nodes { name } }
    promptExecutions(first: 1) { nodes { id } }
    alertRules(first: 1) { nodes { id } }
    alerts(first: 1) { nodes { id } }
    webhookEndpoints(first: 1) { nodes { id } }
    trackingSessions(first: 1) { nodes { id } }
    jobs(first: 1) { nodes { id } }
    auditEntries(first: 1) { nodes { id } }
    apiKeys(first: 1) { nodes { id } }
  }`)
  const { mailTemplateDefinitions } = await ask<{ mailTemplateDefinitions: { name: string }[] }>(
    '{ mailTemplateDefinitions { name } }',
  )
  const plainId = (list: string) => {
    const id = found[list]?.nodes[0]?.id
    return id === undefined ? nothing : Buffer.from(id, 'base64').toString().replace(/^\w+:/, '')
  }
  const lists: Record<string, string> = {
    pages: 'pages',
    improvement: 'pages',
    submissions: 'pages',
    experiments: 'experiments',
    'experiments/metrics': 'experimentMetrics',
    generations: 'aiCalls',
    mail: 'mailMessages',
    'prompt-executions': 'promptExecutions',
    'alerts/rules': 'alertRules',
    alerts: 'alerts',
    'settings/webhooks': 'webhookEndpoints',
    'traffic/sessions': 'trackingSessions',
    jobs: 'jobs',
    audit: 'auditEntries',
    'settings/keys': 'apiKeys',
  }
  return {
    parameterOf: (path, name) => {
      const before = path.slice(0, path.indexOf(`/$${name}`))
      if (before === 'experiments/import')
        return Buffer.from(prepared.data.id, 'base64').toString().replace(/^\w+:/, '')
      if (before === 'settings/plugins') return 'experiments'
      if (before === 'prompts') return prompt ?? found.prompts?.nodes[0]?.name ?? nothing
      if (before === 'mail/templates') return mailTemplateDefinitions[0]?.name ?? nothing
      const list = lists[before]
      return list === undefined ? nothing : plainId(list)
    },
  }
}
