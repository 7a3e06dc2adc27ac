import OpenAI from 'openai'
import { boundedFetch } from './boundedFetch.ts'
import { askChat, findStoredChat } from './chatEndpoint.ts'
import type { Connection } from './connection.ts'
import { askResponses } from './responsesEndpoint.ts'
import type { ServiceAnswer, ServiceRequest } from './serviceRequest.ts'

/** A model service at one address, spoken to with OpenAI's own client. */
export interface ModelService {
  /** One request, never repeated here: what may be repeated only the ledger knows. */
  ask(request: ServiceRequest, signal: AbortSignal): Promise<ServiceAnswer>
  /** The answer that the service kept for a call; undefined where there is none. */
  findStored(callId: string, signal: AbortSignal): Promise<ServiceAnswer | undefined>
}

export function connect({ baseUrl, apiKey }: Connection): ModelService {
  const client = new OpenAI({
    // What stands in the environment of the server belongs to no workspace.
    baseURL: baseUrl,
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    // Ours ends the whole answer, theirs would end the wait for its headers: ours comes first.
    timeout: 300_000,
    // To another host the key must not follow.
    fetchOptions: { redirect: 'manual' },
    fetch: boundedFetch,
  })
  const isOpenAi = /(^|\.)openai\.com$/.test(new URL(baseUrl).hostname)
  return {
    ask: (request, signal) =>
      request.endpoint === 'chat'
        ? askChat(client, request, { signal, isOpenAi })
        : askResponses(client, request, { signal }),
    findStored: (callId, signal) => findStoredChat(client, callId, signal),
  }
}
