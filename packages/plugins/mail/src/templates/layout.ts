import type { MailLanguage } from '../mailer.ts'

/**
 * The MJML of a whole mail. What is a document already stays as it is, but for the footer; anything else is what stands in the
 * body of the house's own layout.
 *
 * @param footer whether people can unsubscribe from it: then it says how, unless the template does
 */
export function mailDocument(body: string, language: MailLanguage, footer: boolean): string {
  const foot = footer && !body.includes('mail.unsubscribeUrl') ? unsubscribeFooter(language) : ''
  if (!/^\s*<mjml[\s>]/.test(body)) {
    return `<mjml lang="${language}">${head}<mj-body background-color="#f4f4f2">${body}${foot}</mj-body></mjml>`
  }
  return body.replace(/<\/mj-body>(?![\s\S]*<\/mj-body>)/, () => `${foot}</mj-body>`)
}

const head = `<mj-head>
  <mj-attributes>
    <mj-all font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" />
    <mj-text font-size="16px" line-height="1.5" color="#222222" />
    <mj-section background-color="#ffffff" padding="16px" />
    <mj-button background-color="#2f6b3c" color="#ffffff" border-radius="6px" font-size="16px" />
  </mj-attributes>
</mj-head>`

const words = {
  en: { why: 'You no longer want these messages?', unsubscribe: 'Unsubscribe' },
  fr: { why: 'Vous ne souhaitez plus recevoir ces messages ?', unsubscribe: 'Se désabonner' },
}

function unsubscribeFooter(language: MailLanguage): string {
  const { why, unsubscribe } = words[language]
  return `<mj-section background-color="#f4f4f2"><mj-column><mj-text align="center" font-size="13px" color="#595959">
    {% if mail.postalAddress %}{{ mail.postalAddress }}<br />{% endif %}
    ${why} <a href="{{ mail.unsubscribeUrl }}" style="color:#595959">${unsubscribe}</a>
  </mj-text></mj-column></mj-section>`
}
