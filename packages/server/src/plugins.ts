import ai from '@espalier/ai'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import prompts from '@espalier/prompts'
import tracking from '@espalier/tracking'

/** The plugins of this installation. A new one goes here, and nowhere else in the server. */
export const plugins = [tracking, experiments, ai, prompts, landingPages, mail, operations]
