import { said } from '@espalier/core'
import { html, raw } from 'hono/html'
import { z } from 'zod'
import { formField, trapName } from '../forms/field.ts'
import { formWords } from '../forms/words.ts'
import { anchor, defineBlock, eventName, type Markup, someOf, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'
import type { FormAnswer } from './rendering.ts'

/** Where this site may send somebody who has filled a form in: browsers follow no further after a form. */
const place = z
  .string()
  .trim()
  .refine(
    (value) => /^(\/(?![/\\])|#)/.test(value) && !/[\s\\]/.test(value) && value.length <= 2_000,
    said({
      en: 'must be a place on this site: start with / or #, and have no space or backslash',
      fr: 'doit être un endroit de ce site : commencer par / ou #, sans espace ni barre oblique inversée',
    }),
  )

export const formProps = z.object({
  anchor: anchor.optional(),
  heading: named(text(160), fieldNames.heading),
  text: named(text(600), fieldNames.text).optional(),
  fields: named(
    someOf(formField, 30).refine(
      (fields) => new Set(fields.map(({ name }) => name)).size === fields.length,
      said({ en: 'has two fields with the same name', fr: 'a deux champs de même nom' }),
    ),
    { en: 'Fields', fr: 'Champs' },
  ),
  label: named(text(60), fieldNames.buttonLabel),
  /** Name of the goal that sending it reaches. */
  goal: eventName.optional(),
  thanks: named(
    z.object({
      heading: named(text(160), fieldNames.heading),
      text: named(text(600), fieldNames.text).optional(),
      /** A page that is shown instead. */
      href: named(
        place,
        { en: 'A page to show instead', fr: 'Une page à montrer à la place' },
        { input: 'link' },
      ).optional(),
    }),
    { en: 'Thanks, once it is sent', fr: 'Remerciement, une fois envoyé' },
  ),
})

export type FormProps = z.output<typeof formProps>

/** What stands for the token of the visitor's own in the rendered page. No text of a person's holds a "<". */
export const tokenSlot = '<!--form-token-->'

/** A form that works without script. */
export const form = defineBlock({
  type: 'Form',
  description: 'A form that visitors fill in. What they send is kept under form submissions, and may reach a goal.',
  label: { en: 'Form', fr: 'Formulaire' },
  purpose: {
    en: 'A form that visitors fill in. What they send is kept, and may reach a goal.',
    fr: 'Un formulaire que les visiteurs remplissent. Ce qu’ils envoient est conservé, et peut atteindre un objectif.',
  },
  props: formProps,
  example: exampleForm,
  styles: `.form form{max-width:34rem}
.form label,.form legend{display:block;margin-bottom:.25rem;padding:0;font-weight:600}
.form .hint{display:block;font-size:.95rem}
.form fieldset{margin:0 0 1rem;padding:0;border:0}
.form input,.form select,.form textarea{width:100%;padding:.7rem .8rem;border:1px solid var(--field);border-radius:.4rem;background:var(--ground);color:inherit;font:inherit}
.form{--field:light-dark(#66756d,#93a39b);--bad:light-dark(#b3261e,#ffb4ab)}
.form .tick{display:flex;gap:.6rem;align-items:baseline;font-weight:400}
.form .tick input{width:auto;flex:none}
.form [aria-invalid]{border:2px solid var(--bad)}
.form .wrong{display:block;color:var(--bad);font-weight:600}
.form .trap{position:absolute;left:-9999px}
.form .thanks{display:none}
.form .thanks:target{display:block}
.form .thanks:target~*{display:none}`,
  render: ({ anchor, heading, text, fields, label, thanks }, page) => {
    const words = formWords(page.language)
    const { answer, key } = page
    return html`<section class="form"${anchor ? html` id="${anchor}"` : ''}>
<div class="thanks" id="${key}-thanks" role="status" tabindex="-1"><h2>${thanks.heading}</h2>${thanks.text ? html`<p>${thanks.text}</p>` : ''}</div>
<h2>${heading}</h2>
${text ? html`<p>${text}</p>` : ''}
<form id="${key}-form" method="post"${page.formAddress === null ? '' : html` action="${page.formAddress}#${key}-form"`} accept-charset="utf-8">
${answer ? html`<p class="wrong" role="alert">${answer.message}</p>` : ''}
${fields.map((field) => fieldMarkup(field, `${key}-${field.name}`, answer, words.optional))}
<p class="trap" aria-hidden="true"><label for="${key}_trap">${words.trap}</label><input id="${key}_trap" name="${trapName}" tabindex="-1" autocomplete="off"></p>
${page.formAddress === null ? '' : html`<input type="hidden" name="_token" value="${raw(tokenSlot)}">`}
<p><button class="button"${page.formAddress === null ? html` disabled` : ''}>${label}</button></p>
</form>
</section>`
  },
})

type Field = z.output<typeof formField>

function fieldMarkup(field: Field, id: string, answer: FormAnswer | undefined, optional: string): Markup {
  const wrong = answer?.errors[field.name]
  const value = answer?.values[field.name] ?? ''
  const about = [field.hint ? `${id}-hint` : '', wrong ? `${id}-wrong` : ''].filter(Boolean).join(' ')
  const common = html`name="${field.name}"${field.required ? html` required` : ''}${wrong ? html` aria-invalid="true"` : ''}${about ? html` aria-describedby="${about}"` : ''}${field.autocomplete ? html` autocomplete="${field.autocomplete}"` : ''}`
  const notes = html`${field.hint ? html`<span class="hint" id="${id}-hint">${field.hint}</span>` : ''}${wrong ? html`<span class="wrong" id="${id}-wrong">${wrong}</span>` : ''}`
  const name = html`${field.label}${field.required ? '' : ` (${optional})`}`
  const length = html` maxlength="${field.maxLength}"`
  switch (field.type) {
    case 'checkbox':
      return html`<p><label class="tick" for="${id}"><input type="checkbox" id="${id}" value="yes" ${common}${value === 'yes' ? html` checked` : ''}><span>${field.label}</span></label>${notes}</p>`
    case 'radio':
      return html`<fieldset${about ? html` aria-describedby="${about}"` : ''}><legend>${name}</legend>${notes}
${field.options.map((option) => html`<label class="tick"><input type="radio" name="${field.name}" value="${option}"${field.required ? html` required` : ''}${value === option ? html` checked` : ''}><span>${option}</span></label>`)}</fieldset>`
    case 'select':
      return html`<p><label for="${id}">${name}</label>${notes}<select id="${id}" ${common}><option value=""></option>${field.options.map(
        (option) => html`<option${value === option ? html` selected` : ''}>${option}</option>`,
      )}</select></p>`
    case 'textarea':
      // The first line break after the tag is dropped by browsers.
      return html`<p><label for="${id}">${name}</label>${notes}<textarea id="${id}" rows="5" ${common}${length}>${'\n'}${value}</textarea></p>`
    default:
      return html`<p><label for="${id}">${name}</label>${notes}<input type="${field.type}" id="${id}" ${common}${field.type === 'number' ? html` step="any"` : length} value="${value}"></p>`
  }
}

/** Three fields: enough to answer somebody. */
function exampleForm(language: string): FormProps {
  const say = (en: string, fr: string) => (isFrench(language) ? fr : en)
  const plain = { options: [], maxLength: 500 }
  return {
    heading: say('Write to us', 'Écrivez-nous'),
    fields: [
      { ...plain, name: 'name', label: say('Name', 'Nom'), type: 'text', required: true, autocomplete: 'name' },
      { ...plain, name: 'email', label: 'E-mail', type: 'email', required: true, autocomplete: 'email' },
      { ...plain, name: 'message', label: 'Message', type: 'textarea', required: false, maxLength: 2_000 },
    ],
    label: say('Send', 'Envoyer'),
    goal: 'lead',
    thanks: { heading: say('Thank you! We will be in touch.', 'Merci ! Nous vous répondons bientôt.') },
  }
}
