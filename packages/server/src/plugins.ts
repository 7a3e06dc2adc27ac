import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import tracking from '@espalier/tracking'

/** The plugins of this installation. A new one goes here, and nowhere else in the server. */
export const plugins = [tracking, experiments, landingPages]
