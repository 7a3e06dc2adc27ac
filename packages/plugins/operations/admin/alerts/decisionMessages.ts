import { defineMessages } from '@espalier/admin-kit'

/** What the dashboard says of alerts: apart, so that it need not bring all the words of their pages. */
export const decisionMessages = defineMessages({
  en: {
    acknowledge: 'I am looking into it',
  },
  fr: {
    acknowledge: 'Je m’en occupe',
  },
})
