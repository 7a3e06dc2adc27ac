/** The least that each kind of block takes: props without the id. */
export const leastProps: Readonly<Record<string, object>> = {
  Hero: { title: 'T' },
  Text: { text: 'T' },
  Features: { heading: 'H', items: [{ title: 'T', text: 'T' }] },
  Image: { image: { src: '/i.png', alt: '', width: 1, height: 1 } },
  Testimonials: { heading: 'H', items: [{ quote: 'Q', name: 'N' }] },
  Pricing: { heading: 'H', plans: [{ name: 'N', price: 'Free' }] },
  FAQ: { heading: 'H', items: [{ question: 'Q', answer: 'A' }] },
  Logos: { items: [{ image: { src: '/i.png', alt: 'A', width: 1, height: 1 } }] },
  Columns: {},
  Form: { heading: 'H', fields: [{ name: 'email', label: 'L' }], label: 'L', thanks: { heading: 'T' } },
  CallToAction: { heading: 'H', label: 'L', href: '/a', goal: 'g' },
  Footer: { text: 'T' },
}

/** Every kind of block, with everything that it takes, and the same text wherever people may write one. */
export function fullBlocks(written: string): { type: string; props: Record<string, unknown> }[] {
  const image = { src: 'https://example.com/i.png', alt: written, width: 640, height: 480 }
  const href = 'https://example.com/a'
  return [
    {
      type: 'Hero',
      props: {
        id: written,
        title: written,
        subtitle: written,
        action: { label: written, href: '#text' },
        image,
      },
    },
    { type: 'Text', props: { id: 't', anchor: 'text', heading: written, text: `${written}\n\n${written}` } },
    { type: 'Features', props: { id: 'f', heading: written, items: [{ title: written, text: written }] } },
    { type: 'Image', props: { id: 'i', image, caption: written } },
    {
      type: 'Testimonials',
      props: { id: 'v', heading: written, items: [{ quote: written, name: written, role: written, image }] },
    },
    {
      type: 'Pricing',
      props: {
        id: 'p',
        heading: written,
        text: written,
        plans: [
          {
            name: written,
            price: written.slice(0, 40),
            period: written.slice(0, 40),
            text: written,
            features: [written],
          },
          {
            name: 'B',
            price: { amountMinor: 2900, currency: 'EUR' },
            action: { label: written, href },
            highlighted: true,
          },
        ],
      },
    },
    { type: 'FAQ', props: { id: 'q', heading: written, items: [{ question: written, answer: written }] } },
    {
      type: 'Logos',
      props: { id: 'l', heading: written, items: [{ image, href: 'https://example.com/' }, { image }] },
    },
    {
      type: 'Columns',
      props: {
        id: 'c',
        heading: written,
        columns: 3,
        'column-1': [nested('n1', written)],
        'column-2': [nested('n2', written)],
        'column-3': [nested('n3', written)],
      },
    },
    {
      type: 'Form',
      props: {
        id: `form ${written}`,
        anchor: 'form',
        heading: written,
        text: written,
        fields: [
          ...['text', 'email', 'tel', 'url', 'number', 'date', 'textarea'].map((type) => ({
            name: `a-${type}`,
            type,
            label: written,
            hint: written,
            required: type === 'text',
          })),
          { name: 'choice', type: 'select', label: written, options: [written, 'other'] },
          { name: 'one', type: 'radio', label: written, options: [written, 'other'] },
          { name: 'consent', type: 'checkbox', label: written },
        ],
        label: written,
        goal: 'lead',
        thanks: { heading: written, text: written },
      },
    },
    { type: 'CallToAction', props: { id: 'a', heading: written, text: written, label: written, href, goal: 'g' } },
    { type: 'Footer', props: { id: 'x', text: written, links: [{ label: written, href }] } },
  ]
}

/** {@link fullBlocks} as a page, with blocks in the columns. */
export function fullPage(written: string) {
  return {
    root: {
      props: {
        title: written.slice(0, 70),
        description: written,
        image: { src: 'https://example.com/share.png', alt: written, width: 1200, height: 630 },
      },
    },
    content: fullBlocks(written),
  }
}

function nested(id: string, written: string) {
  return { type: 'Text', props: { id, heading: written, text: written } }
}
