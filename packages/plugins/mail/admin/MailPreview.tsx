import './mail.css'

/** Mail as it is seen: nothing in it runs, nothing in it reaches this page, and nobody is told that it was looked at. */
export function MailPreview({ html, title }: { html: string; title: string }) {
  return <iframe className="mail-preview" sandbox="" srcDoc={html} title={title} />
}
