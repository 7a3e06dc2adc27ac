import type { UnsubscribeWords } from './words.ts'

/** The question, with one button. */
export function questionPage(words: UnsubscribeWords, sender: string | undefined, topic: string): string {
  const choice =
    topic === ''
      ? '<input type="hidden" name="choice" value="everything">'
      : `<fieldset><legend class="hidden">${words.title}</legend>
<label><input type="radio" name="choice" value="topic" checked> ${escaped(words.topic(topic))}</label>
<label><input type="radio" name="choice" value="everything"> ${words.everything}</label></fieldset>`
  return page(words, words.title, [`<p>${escaped(words.question(sender))}</p>`, form(choice, words.button)])
}

/** That it is done, and how to take it back. */
export function donePage(words: UnsubscribeWords, choice: 'topic' | 'everything', topic: string): string {
  const what = choice === 'topic' && topic !== '' ? escaped(words.doneTopic(topic)) : words.doneEverything
  return page(words, words.done, [
    `<p role="status">${what}</p><p class="quiet">${words.stays}</p><h2>${words.mistake}</h2>`,
    form('<input type="hidden" name="choice" value="resubscribe">', words.resubscribe, 'second'),
  ])
}

export function resubscribedPage(words: UnsubscribeWords): string {
  return page(words, words.resubscribed, [`<p><a href="">${words.back}</a></p>`])
}

export function unknownPage(words: UnsubscribeWords): string {
  return page(words, words.unknown, [`<p>${words.unknownHint}</p>`])
}

export function unavailablePage(words: UnsubscribeWords): string {
  return page(words, words.unavailable, [`<p role="alert">${words.again}</p>`])
}

/** To the address that it stands at, so that the token is nowhere in the page. */
function form(fields: string, button: string, kind = 'first'): string {
  return `<form method="post">${fields}<button class="${kind}">${button}</button></form>`
}

function page({ language }: UnsubscribeWords, title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${title}</title>
<style>${style}</style>
</head>
<body><main><h1>${title}</h1>
${body.join('\n')}
</main></body>
</html>
`
}

/** No script, no fonts, no pictures: nothing is asked of anybody else. Contrast of all text is 7 to 1 and more. */
const style = `:root{color-scheme:light dark;--text:#1c1f23;--quiet:#45505c;--ground:#f6f7f9;--card:#fff;--line:#7a8794;--strong:#0b4f8a;--on:#fff}
@media(prefers-color-scheme:dark){:root{--text:#eef1f4;--quiet:#b7c1cb;--ground:#14171a;--card:#1d2125;--line:#8a97a4;--strong:#9fd0ff;--on:#10202f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--text);font:1.0625rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:30rem;padding:2rem;background:var(--card);border-radius:.75rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
h2{font-size:1rem;margin:2rem 0 .5rem}
p{overflow-wrap:anywhere}
.quiet{color:var(--quiet)}
fieldset{border:0;margin:0 0 1.25rem;padding:0}
label{display:block;padding:.5rem 0}
input{accent-color:var(--strong);width:1.125rem;height:1.125rem;margin:0 .5rem 0 0;vertical-align:-.125rem}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border-radius:.5rem;border:1px solid var(--strong);cursor:pointer}
.first{background:var(--strong);color:var(--on)}
.second{background:none;color:var(--strong)}
a{color:var(--strong)}
:focus-visible{outline:3px solid var(--strong);outline-offset:2px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}`

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
