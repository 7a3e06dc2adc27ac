import { type FormEvent, useState } from 'react'
import { ask } from '../../api.ts'
import { Failure } from '../../Failure.tsx'
import { graphql } from '../../graphql/index.ts'
import { useLanguage } from '../../language.tsx'
import { useAnswer } from '../../useApi.ts'
import { useDeed } from '../../useDeed.ts'

const StatusDocument = graphql(`
  query ModelService {
    aiStatus {
      configured
      baseUrl
      hasKey
      model
      breaker
    }
  }
`)

const SetDocument = graphql(`
  mutation SetModelService($input: SetAiKeyInput!) {
    setAiKey(input: $input) {
      ... on Error {
        message
      }
    }
  }
`)

const ModelDocument = graphql(`
  mutation SetModel($value: JSON!) {
    updatePluginSettings(plugin: "ai", value: $value) {
      ... on Error {
        message
      }
    }
  }
`)

const RemoveDocument = graphql(`
  mutation RemoveModelService {
    removeAiKey {
      ... on Error {
        message
      }
    }
  }
`)

const TryDocument = graphql(`
  mutation TryModelService {
    tryAi {
      ... on TryAiSuccess {
        data {
          text
          errorMessage
        }
      }
      ... on Error {
        message
      }
    }
  }
`)

/** Which service is asked for texts, and the way to set, try and remove it. Without one, pages recombine their versions. */
export function ModelService({ mayConfigure, changed }: { mayConfigure: boolean; changed: () => void }) {
  const { messages } = useLanguage()
  const words = messages.costs.service
  const { answer, again } = useAnswer(StatusDocument, {})
  const [said, setSaid] = useState<{ text: string; isBad: boolean }>()
  const { act, busy, failure } = useDeed(again)
  const [trying, setTrying] = useState(false)
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { configured, baseUrl, hasKey, model, breaker } = answer.result.aiStatus
  const keep = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setSaid(undefined)
    const form = event.currentTarget
    const values = new FormData(form)
    const [service, key, asked] = ['baseUrl', 'key', 'model'].map((name) => String(values.get(name)).trim() || null)
    const isKept =
      (await act(SetDocument, { input: { baseUrl: service ?? null, key: key ?? null } })) &&
      (!asked || asked === model || (await act(ModelDocument, { value: { model: asked } })))
    // A key that was typed stays on no screen.
    const field = form.elements.namedItem('key')
    if (field instanceof HTMLInputElement) field.value = ''
    if (isKept) setSaid({ text: words.kept, isBad: false })
  }
  const tryIt = async () => {
    setTrying(true)
    setSaid(undefined)
    try {
      const { tryAi } = await ask(TryDocument, {})
      if ('message' in tryAi) setSaid({ text: tryAi.message, isBad: true })
      else
        setSaid({
          text: tryAi.data.errorMessage ?? words.answered(tryAi.data.text ?? ''),
          isBad: tryAi.data.text === null,
        })
    } catch (error) {
      setSaid({ text: error instanceof Error ? error.message : String(error), isBad: true })
    } finally {
      setTrying(false)
      changed()
    }
  }
  return (
    <section aria-labelledby="service">
      <h2 id="service">{words.title}</h2>
      <p className="row">
        <span className="badge">{configured ? words.on : words.off}</span>
        <span className={configured ? undefined : 'muted'}>
          {configured ? words.asks(model, baseUrl ?? '', hasKey) : words.without}
        </span>
        {breaker === 'OPEN' && <span className="bad">{words.down}</span>}
      </p>
      {mayConfigure ? (
        <form className="row" onSubmit={keep} key={`${baseUrl} ${model}`}>
          <label>
            {words.baseUrl}{' '}
            <input
              type="url"
              name="baseUrl"
              defaultValue={baseUrl ?? ''}
              placeholder="https://api.openai.com/v1"
              autoComplete="off"
            />
          </label>
          <label>
            {words.key}{' '}
            <input type="password" name="key" placeholder={hasKey ? words.keyKept : ''} autoComplete="off" />
          </label>
          <label>
            {words.model} <input name="model" defaultValue={model} autoComplete="off" maxLength={200} />
          </label>
          <button type="submit" className="primary" disabled={busy}>
            {words.keep}
          </button>
          {configured && (
            <>
              <button type="button" disabled={busy || trying} onClick={tryIt}>
                {trying ? words.trying : words.try}
              </button>
              <button type="button" disabled={busy} onClick={() => act(RemoveDocument, {})}>
                {words.remove}
              </button>
            </>
          )}
        </form>
      ) : (
        <p className="muted">{words.forbidden}</p>
      )}
      {failure && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
      <p role="status" className={said?.isBad ? 'bad' : undefined}>
        {said?.text}
      </p>
    </section>
  )
}
