/**
 * npm run bench -- growth
 *
 * Does what is asked of an installation take longer as it grows? By plugins (3 → 30), by workspaces (10 → 10,000), by events
 * (0.1 → EVENTS million). `PART=events` measures one of them. Each is a small and a large installation of their own, asked in turns.
 *
 * `PART=weight` says what an event weighs in ClickHouse, where that is installed.
 *
 * EVENTS is 5,000,000 unless set, whose table is shown and never written; 50,000,000 take 27 GB of disk and half an hour to make. With KEEP=folder they are made there by one
 * run and asked by those after it.
 */
import { growEvents } from './growth/events.ts'
import { growPlugins } from './growth/plugins.ts'
import { weighEvents } from './growth/weight.ts'
import { growWorkspaces } from './growth/workspaces.ts'

const parts = { plugins: growPlugins, workspaces: growWorkspaces, weight: weighEvents, events: growEvents }

for (const [name, grow] of Object.entries(parts)) if ((process.env.PART ?? name) === name) await grow()
