import { alerts } from './alerts.ts'
import { costs } from './costs.ts'
import { improvement } from './improvement.ts'
import { mail } from './mail.ts'
import { notifications } from './notifications.ts'
import { prompts } from './prompts.ts'

/** What the app says, in English: the language that the others are checked against. */
export const en = {
  loading: 'Loading…',
  signIn: 'Sign in',
  signingIn: 'Signing in…',
  signOut: 'Sign out',
  email: 'Email',
  password: 'Password',
  signInHint: 'A new installation prints its first account in the terminal where it was started.',
  signInRefused: 'No account has this email and password.',
  tooManyAttempts: 'Too many attempts. Wait a minute, then try again.',
  unreachable: 'The server cannot be reached. Check that it is running, then try again.',
  tryAgain: 'Try again',
  failed: 'This could not be loaded:',
  forbidden: 'Your role does not show you this. Ask an administrator of the workspace for another one.',
  noWorkspace: 'You belong to no workspace yet. Ask the person who runs this installation to invite you.',
  welcome: (name: string) => `Hello, ${name}`,
  roles: { owner: 'owner', admin: 'admin', editor: 'editor', viewer: 'viewer' } as Record<string, string>,
  whatRuns: 'What runs',
  permissions: (count: number) => (count === 1 ? '1 permission' : `${count} permissions`),
  jobs: (count: number) => (count === 1 ? '1 job' : `${count} jobs`),
  routes: (count: number) => (count === 1 ? '1 route' : `${count} routes`),
  explore: 'Explore',
  graphiql: 'GraphiQL: ask the API',
  noPages: 'No page is published yet.',
  openPage: (name: string) => `Open “${name}”`,
  experiments: 'Experiments, live',
  noExperiments: 'No experiment yet. Create one over GraphQL with createExperiment.',
  status: {
    DRAFT: 'draft',
    RUNNING: 'running',
    PAUSED: 'paused',
    COMPLETED: 'completed',
    ARCHIVED: 'archived',
  } as Record<string, string>,
  variant: 'Variant',
  visitors: 'Visitors',
  conversions: 'Conversions',
  rate: 'Rate',
  lift: 'Lift',
  pValue: 'p-value',
  verdict: {
    COLLECTING: 'Still collecting.',
    UNHEALTHY: 'Something is wrong.',
    WINNER: 'There is a winner.',
    LOSER: 'The control stays.',
    INCONCLUSIVE: 'Inconclusive.',
  } as Record<string, string>,
  live: 'Live',
  reconnecting: 'Reconnecting…',
  invitedTo: (workspace: string, role: string) => `You are invited to “${workspace}” as ${role}.`,
  invitationGone:
    'This link stands for no invitation any more: it was used, canceled, or has expired. Ask for a new one.',
  yourName: 'Your name',
  choosePassword: 'Choose a password',
  passwordLength: '10 to 128 characters.',
  join: 'Join',
  joining: 'Joining…',
  signInToJoin: 'You have an account: sign in to join.',
  language: 'Language',
  skipToContent: 'Skip to content',
  screens: 'Screens',
  /** A name and what it is. */
  pair: (name: string, value: string) => `${name}: ${value}`,
  table: (of: string) => `Table: ${of}`,
  overview: 'Overview',
  noScreen: 'There is no such screen.',
  improvement: improvement.en,
  alerts: alerts.en,
  costs: costs.en,
  prompts: prompts.en,
  mail: mail.en,
  notifications: notifications.en,
}

export type Messages = typeof en
