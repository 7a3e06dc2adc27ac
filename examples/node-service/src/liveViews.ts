import { espalier } from './espalier.ts'
import { graphql } from './graphql/index.ts'

const LiveViews = graphql(`
  subscription LiveViews {
    metricsUpdated {
      pageviews
    }
  }
`)

/** How many pages have been looked at, as of now: kept up to date, also over broken connections. */
export class LiveCount {
  pageviews: number | undefined

  /** @param signal ends it */
  async follow(signal: AbortSignal): Promise<void> {
    const onInterrupted = ({ message }: Error) => console.error('interrupted:', message)
    try {
      for await (const { metricsUpdated } of espalier.subscribe(LiveViews, {}, { signal, onInterrupted }))
        this.pageviews = metricsUpdated.pageviews
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
