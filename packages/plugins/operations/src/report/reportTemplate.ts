import type { MailTemplateDefinition } from '@espalier/mail'

/**
 * The daily report. Its chart is a table whose bars are cells with a background: mail programs show it that block images,
 * scripts and SVG, and those that are read aloud say day and number.
 */
export const reportTemplate: MailTemplateDefinition = {
  name: 'operations.daily-report',
  description: {
    en: 'What a day brought, and what waits for a decision.',
    fr: 'Ce qu’une journée a apporté, et ce qui attend une décision.',
  },
  class: 'transactional',
  topic: 'reports',
  subject: {
    en: '{{ workspace }}, {{ date }}{% if decisions > 0 %}: {{ decisions }} to decide{% endif %}',
    fr: '{{ workspace }}, {{ date }}{% if decisions > 0 %} : {{ decisions }} à décider{% endif %}',
  },
  body: {
    en: body({
      title: '{{ workspace }} on {{ date }}',
      empty: 'Nothing happened that is worth your time: no visitors, no costs, nothing to decide.',
      chart: 'Conversions, the last 14 days',
      open: 'Open',
      choose: 'Change when, and whether, you get this',
    }),
    fr: body({
      title: '{{ workspace }}, le {{ date }}',
      empty: 'Rien ne mérite votre temps : ni visiteurs, ni coûts, ni décision à prendre.',
      chart: 'Conversions, les 14 derniers jours',
      open: 'Ouvrir',
      choose: 'Choisir quand, et si, vous recevez ce message',
    }),
  },
  sample: {
    en: sample('Friday, November 20', ['Thu 19', 'Fri 20'], {
      'What changed': { text: 'Conversions: 34, 21% more than a usual Friday (28).', link: '' },
      'What needs a decision': { text: 'Spring: a new variant waits.', link: 'https://example.com/admin' },
    }),
    fr: sample('vendredi 20 novembre', ['jeu. 19', 'ven. 20'], {
      'Ce qui a changé': { text: 'Conversions : 34, soit 21 % de plus qu’un vendredi ordinaire (28).', link: '' },
      'Ce qui attend une décision': {
        text: 'Printemps : une nouvelle variante attend.',
        link: 'https://example.com/admin',
      },
    }),
  },
}

function sample(
  date: string,
  [yesterday, today]: readonly [string, string],
  sections: Readonly<Record<string, { readonly text: string; readonly link: string }>>,
) {
  return {
    workspace: 'Orchard',
    date,
    decisions: 1,
    sections: Object.entries(sections).map(([heading, item]) => ({ heading, items: [item] })),
    chart: [
      { label: yesterday, text: '28', width: 82 },
      { label: today, text: '34', width: 100 },
    ],
    link: 'https://example.com/admin/reports',
  }
}

function body(words: { title: string; empty: string; chart: string; open: string; choose: string }): string {
  return `<mj-section><mj-column>
    <mj-text font-size="20px" font-weight="bold">${words.title}</mj-text>
    <mj-text>{% if sections.size == 0 %}${words.empty}{% endif %}{% for section in sections %}
      <h2 style="font-size:16px;margin:20px 0 6px">{{ section.heading }}</h2>
      <ul style="margin:0;padding:0 0 0 20px">{% for item in section.items %}
        <li style="margin:0 0 6px">{{ item.text }}{% if item.link != '' %} <a href="{{ item.link }}" style="color:#2f6b3c">${words.open}</a>{% endif %}</li>{% endfor %}
      </ul>{% endfor %}
      {% if chart.size > 0 %}<h2 style="font-size:16px;margin:20px 0 6px">${words.chart}</h2>
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="font-size:13px;line-height:18px">{% for bar in chart %}
        <tr>
          <td width="64" style="color:#595959;white-space:nowrap;padding-right:8px">{{ bar.label }}</td>
          <td>{% if bar.width > 0 %}<table role="presentation" width="{{ bar.width }}%" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="#2f6b3c" height="10" style="height:10px;line-height:10px;font-size:1px;background-color:#2f6b3c">&nbsp;</td></tr></table>{% endif %}</td>
          <td width="56" align="right" style="padding-left:8px">{{ bar.text }}</td>
        </tr>{% endfor %}
      </table>{% endif %}
    </mj-text>
    <mj-text font-size="13px" color="#595959"><a href="{{ link }}" style="color:#595959">${words.choose}</a></mj-text>
  </mj-column></mj-section>`
}
