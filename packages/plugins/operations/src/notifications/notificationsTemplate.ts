import type { MailTemplateDefinition } from '@espalier/mail'

/** What happened, in one mail: of one notification its title is the subject. */
export const notificationsTemplate: MailTemplateDefinition = {
  name: 'operations.notifications',
  description: {
    en: 'What a person wants to be told at once.',
    fr: 'Ce qu’une personne veut savoir tout de suite.',
  },
  class: 'transactional',
  topic: 'notifications',
  subject: {
    en: '{% if count == 1 %}{{ items[0].title }}{% else %}{{ count }} notifications from {{ workspace }}{% endif %}',
    fr: '{% if count == 1 %}{{ items[0].title }}{% else %}{{ count }} notifications de {{ workspace }}{% endif %}',
  },
  body: {
    en: body({
      open: 'Open',
      more: 'and {{ more }} more.',
      all: 'All notifications',
      why: 'You get this because you are a member of {{ workspace }}.',
      choose: 'Choose what you are told',
    }),
    fr: body({
      open: 'Ouvrir',
      more: 'et {{ more }} de plus.',
      all: 'Toutes les notifications',
      why: 'Vous recevez ce message car vous êtes membre de {{ workspace }}.',
      choose: 'Choisir ce qui vous est signalé',
    }),
  },
  sample: {
    en: sample([
      {
        severity: 'warning',
        title: '80% of the budget for models is spent',
        body: '$8.00 of $10.00 in November.',
        link: 'https://example.com/admin/ai',
      },
      { severity: 'success', title: 'Spring: “bold” wins', body: '', link: '' },
    ]),
    fr: sample([
      {
        severity: 'warning',
        title: '80 % du budget des modèles est dépensé',
        body: '8,00 $ sur 10,00 $ en novembre.',
        link: 'https://example.com/admin/ai',
      },
      { severity: 'success', title: 'Printemps : « bold » gagne', body: '', link: '' },
    ]),
  },
}

function sample(items: readonly Readonly<Record<'severity' | 'title' | 'body' | 'link', string>>[]) {
  return {
    count: items.length,
    more: 0,
    workspace: 'Orchard',
    items,
    link: 'https://example.com/admin/notifications',
    preferencesLink: 'https://example.com/admin/notifications/preferences',
  }
}

function body(words: { open: string; more: string; all: string; why: string; choose: string }): string {
  return `<mj-section><mj-column>
    <mj-table cellpadding="8">{% for item in items %}
      <tr><td style="border-left:4px solid {% if item.severity == 'critical' %}#b3261e{% elsif item.severity == 'warning' %}#b26a00{% elsif item.severity == 'success' %}#2f6b3c{% else %}#5a6772{% endif %};padding:8px 12px;font-size:16px;line-height:1.5">
        <strong>{{ item.title }}</strong>{% if item.body != '' %}<br />{{ item.body }}{% endif %}{% if item.link != '' %}<br /><a href="{{ item.link }}" style="color:#2f6b3c">${words.open}</a>{% endif %}
      </td></tr>{% endfor %}
    </mj-table>
    <mj-text>{% if more > 0 %}${words.more} {% endif %}<a href="{{ link }}" style="color:#2f6b3c">${words.all}</a></mj-text>
    <mj-text font-size="13px" color="#595959">${words.why} <a href="{{ preferencesLink }}" style="color:#595959">${words.choose}</a></mj-text>
  </mj-column></mj-section>`
}
