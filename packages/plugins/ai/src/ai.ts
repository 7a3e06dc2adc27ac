import type { SqlContext } from '@espalier/core'
import { AiNotConfiguredError } from './errors.ts'
import type { ModelAnswer, ModelGateway, ModelRequest } from './gateway.ts'
import { Spending } from './spending.ts'

/** The service of the ai plugin: the one door for calls to models. */
export class Ai implements ModelGateway {
  readonly spending = new Spending()

  async isConfigured(_context: SqlContext): Promise<boolean> {
    return false
  }

  async ask<Output = string>(_context: SqlContext, _request: ModelRequest<Output>): Promise<ModelAnswer<Output>> {
    throw new AiNotConfiguredError()
  }
}
