import { RequestError, StartError } from '../errors.ts'
import type { Told } from '../told.ts'

const problems = {
  BODY_TOO_LARGE: [
    413,
    (limit: number) => ({
      en: `The body is larger than the ${limit} bytes that this takes. Send less at a time.`,
      fr: `Le corps dépasse les ${limit} octets admis ici. Envoyez moins à la fois.`,
    }),
  ],
  BODY_INCOMPLETE: [
    400,
    (length: string) => ({
      en: `The connection ended before the ${length} bytes had come that were declared. Send them again.`,
      fr: `La connexion s’est fermée avant l’arrivée des ${length} octets annoncés. Renvoyez-les.`,
    }),
  ],
  // 499: as proxies log it. Nobody is left to read it.
  CONNECTION_LOST: [
    499,
    () => ({
      en: 'The connection ended before this was answered. Send it again.',
      fr: 'La connexion s’est fermée avant la réponse. Renvoyez la requête.',
    }),
  ],
  ROUTE_NOT_FOUND: [
    404,
    (method: string, path: string) => ({
      en: `Nothing answers ${method} ${path}. Check the path.`,
      fr: `Rien ne répond à ${method} ${path}. Vérifiez le chemin.`,
    }),
  ],
  METHOD_NOT_ALLOWED: [
    405,
    (method: string, path: string, allowed: string) => ({
      en: `${path} does not take ${method}. It takes ${allowed}.`,
      fr: `${path} n’admet pas ${method}, mais ${allowed}.`,
    }),
  ],
  UNSUPPORTED_MEDIA_TYPE: [
    415,
    (given: string, wanted: string) => ({
      en: `A body of type "${given}" is not taken here. Send "content-type: ${wanted}".`,
      fr: `Un corps de type « ${given} » n’est pas admis ici. Envoyez « content-type: ${wanted} ».`,
    }),
  ],
  NOT_ACCEPTABLE: [
    406,
    (wanted: string) => ({
      en: `This is not answered as "${wanted}". Accept application/json; for a subscription, text/event-stream.`,
      fr: `Il n’y a pas de réponse en « ${wanted} ». Acceptez application/json ; pour un abonnement, text/event-stream.`,
    }),
  ],
  CROSS_SITE_REQUEST: [
    403,
    (origin: string) => ({
      en: `A request that signs in by cookie came from "${origin}", which is not this site. Add it to the trusted origins, or use an API key.`,
      fr: `Une requête connectée par cookie est venue de « ${origin} », qui n’est pas ce site. Ajoutez-le aux origines de confiance, ou utilisez une clé d’API.`,
    }),
  ],
  DRAINING: [
    503,
    () => ({
      en: 'This server is stopping. Send the request again; another one will answer.',
      fr: 'Ce serveur s’arrête. Renvoyez la requête ; un autre répondra.',
    }),
  ],
  NOT_FOR_STRANGERS: [
    403,
    (path: string) => ({
      en: `${path} answers on the loopback address only. From elsewhere, send the configured token as "Authorization: Bearer <token>".`,
      fr: `${path} ne répond qu’à l’adresse de bouclage. D’ailleurs, envoyez le jeton configuré : « Authorization: Bearer <jeton> ».`,
    }),
  ],
} as const satisfies Record<string, readonly [number, (...values: never[]) => Told]>

type Problems = typeof problems
export type HttpProblem = keyof Problems

/** A request that the HTTP layer itself turns away. */
export class HttpError extends RequestError {
  override readonly name = 'HttpError'
  readonly code: HttpProblem
  readonly status: number
  /** Headers that the answer carries, such as `allow`. */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: HttpProblem, status: number, message: Told, headers: Record<string, string>) {
    super(message)
    this.code = code
    this.status = status
    this.headers = headers
  }
}

export function httpError<Code extends HttpProblem>(
  code: Code,
  values: Parameters<Problems[Code][1]>,
  headers: Record<string, string> = {},
): HttpError {
  const [status, sentence] = problems[code] as readonly [number, (...values: unknown[]) => Told]
  return new HttpError(code, status, sentence(...values), headers)
}

/** Why the server cannot listen, in one line. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  const sentences: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken. Stop what listens there, or set PORT to another one.`,
    EACCES: `Port ${port} on ${host} takes rights that this process does not have. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Set HOST to one of its own, such as 127.0.0.1.`,
    ENOTFOUND: `The host name "${host}" is unknown. Set HOST to an address of this machine, such as 127.0.0.1.`,
  }
  const codes: Record<string, string> = { EADDRINUSE: 'PORT_TAKEN', EACCES: 'PORT_FORBIDDEN' }
  const reason = error.code ?? ''
  return new StartError(
    codes[reason] ?? 'ADDRESS_UNAVAILABLE',
    sentences[reason] ?? `The server cannot listen on ${host}:${port}: ${error.message}.`,
    { cause: error },
  )
}
