import type { Due } from './sending/claim.ts'
import type { Letter } from './transports/transport.ts'
import type { UnsubscribeLinks } from './unsubscribe/unsubscribeLinks.ts'

/** What headers are made of. */
export type HeadedMessage = Pick<Due, 'id' | 'class' | 'topic' | 'template' | 'fromAddress' | 'toAddress'>

/**
 * Headers beside sender, receiver and subject. What one can unsubscribe from says how (RFC 8058); what a program sends says so
 * (RFC 3834), so that no other program answers.
 */
export function headersOf(
  message: HeadedMessage,
  workspaceId: string,
  unsubscribe: UnsubscribeLinks,
): Letter['headers'] {
  const domain = message.fromAddress.slice(message.fromAddress.lastIndexOf('@') + 1)
  const list = (message.topic ?? message.template).replace(/[^A-Za-z0-9-]+/g, '-')
  const headers: Record<string, string> = {
    // Gmail's reports of complaints are by these: template, workspace, class, sender.
    'Feedback-ID': `${message.template.replace(/[^\w.-]/g, '-').slice(0, 60)}:${workspaceId}:${message.class}:espalier`,
  }
  if (message.class === 'transactional') {
    headers['Auto-Submitted'] = 'auto-generated'
    headers['X-Auto-Response-Suppress'] = 'All'
  }
  if (message.class === 'marketing' || message.topic !== null) {
    headers['List-Id'] = `<${list}.${domain}>`
    Object.assign(headers, unsubscribe.unsubscribeHeaders({ workspaceId, ...message }))
  }
  return Object.entries(headers).map(([name, value]) => ({ name, value }))
}
