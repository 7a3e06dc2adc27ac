import { definePluginAdmin } from '@espalier/admin-kit'
import { Activity, Footprints, Globe, MousePointerClick } from 'lucide-react'
import { eventsPage, sessionPage, sessionsPage, sitesPage, trafficPage } from './pages.ts'

const read = 'tracking:read'

/** Traffic: who looks at what, and what they do there. */
export default definePluginAdmin({
  name: 'tracking',
  pages: [trafficPage, sessionsPage, sessionPage, eventsPage, sitesPage],
  navigation: [
    { page: trafficPage, label: trafficPage.title, icon: Activity, section: 'overview', order: 20, keys: 'g v' },
  ],
  widgets: [
    {
      id: 'tracking.overview',
      title: { en: 'Visitors', fr: 'Visiteurs' },
      size: 'wide',
      height: '27rem',
      order: 10,
      permission: read,
      load: () => import('./widgets/Overview.tsx'),
    },
    {
      id: 'tracking.now',
      title: { en: 'Right now', fr: 'En ce moment' },
      size: 'small',
      height: '21.5rem',
      order: 20,
      permission: read,
      load: () => import('./widgets/Now.tsx'),
    },
    {
      id: 'tracking.channels',
      title: { en: 'Where they come from', fr: 'D’où ils viennent' },
      size: 'small',
      order: 21,
      permission: read,
      load: () => import('./widgets/Channels.tsx'),
    },
    {
      id: 'tracking.pages',
      title: { en: 'What they look at', fr: 'Ce qu’ils regardent' },
      size: 'small',
      order: 22,
      permission: read,
      load: () => import('./widgets/Pages.tsx'),
    },
    {
      id: 'tracking.countries',
      title: { en: 'Countries', fr: 'Pays' },
      size: 'small',
      order: 70,
      permission: read,
      load: () => import('./widgets/Countries.tsx'),
    },
    {
      id: 'tracking.devices',
      title: { en: 'Devices', fr: 'Appareils' },
      size: 'small',
      order: 71,
      permission: read,
      load: () => import('./widgets/Devices.tsx'),
    },
  ],
  commands: [
    {
      id: 'tracking.sessions',
      label: { en: 'Sessions of visitors', fr: 'Sessions des visiteurs' },
      icon: Footprints,
      permission: read,
      run: ({ goTo }) => goTo(sessionsPage),
    },
    {
      id: 'tracking.events',
      label: { en: 'Events, as they come in', fr: 'Événements, à leur arrivée' },
      icon: MousePointerClick,
      permission: read,
      run: ({ goTo }) => goTo(eventsPage),
    },
    {
      id: 'tracking.sites',
      label: { en: 'Sites whose visitors are counted', fr: 'Sites dont les visiteurs sont comptés' },
      icon: Globe,
      permission: read,
      run: ({ goTo }) => goTo(sitesPage),
    },
  ],
  search: { permission: read, load: () => import('./search.ts') },
})
