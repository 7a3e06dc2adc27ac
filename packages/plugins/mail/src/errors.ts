/**
 * Why a message did not leave, or may not have: a stable code that is kept with it, and a sentence with the value and the
 * way out.
 */
const problems = {
  SENDER_MISSING: () =>
    'No sender is set. Set "fromAddress" in the settings of the mail plugin to an address that your provider lets you send from, then send it again.',
  CREDENTIALS_MISSING: (names: string) =>
    `The mail plugin has no ${names}. Set them with setMailSecret; messages wait until then.`,
  SMTP_HOST_MISSING: () =>
    'No SMTP server is set. Set "smtpHost" in the settings of the mail plugin; messages wait until then.',
  RECIPIENT_SUPPRESSED: (address: string) =>
    `Mail to ${address} is held back: it bounced, complained or unsubscribed, or somebody suppressed it. See its suppression.`,
  REFUSED: (provider: string, answer: string) => `${provider} refused the message: ${answer}`,
  UNREACHABLE: (provider: string, problem: string) => `${provider} could not be reached, and got nothing: ${problem}`,
  TOO_FAST: (provider: string, answer: string) => `${provider} asks for fewer messages a second: ${answer}`,
  DAILY_QUOTA: (provider: string, answer: string) => `${provider} takes no more today: ${answer}`,
  ACCOUNT_HELD: (provider: string, answer: string) =>
    `${provider} takes nothing from this account: ${answer} Mend it there, or the credentials here; messages wait.`,
  OUTCOME_UNKNOWN: (provider: string, problem: string) =>
    `${provider} was asked, and whether it took the message is not known: ${problem}`,
  LOST: (minutes: number) =>
    `Whether it was sent is not known, and nothing was heard of it for ${minutes} minutes. It is not sent again by itself, for it could come twice; resendMail does.`,
} as const

export type SendingProblem = keyof typeof problems

export interface Problem {
  readonly code: SendingProblem
  readonly message: string
}

export function problem<Code extends SendingProblem>(
  code: Code,
  ...values: Parameters<(typeof problems)[Code]>
): Problem {
  const sentence = problems[code] as (...values: (string | number)[]) => string
  return { code, message: sentence(...values) }
}
