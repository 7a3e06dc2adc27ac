export { createSite, type GoalOptions, type Site, type SiteEvents, type SiteOptions } from './createSite.ts'
