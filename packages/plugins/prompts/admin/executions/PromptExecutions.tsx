import { promptPage } from '../pages.ts'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { ExecutionList } from './ExecutionList.tsx'

/** Uses of one prompt, whatever the version. */
export function PromptExecutions({ prompt }: { prompt: FoundPrompt }) {
  return (
    <ExecutionList
      id="prompts.executionsOfPrompt"
      page={promptPage}
      variantIds={prompt.variants.nodes.map(({ id }) => id)}
    />
  )
}
