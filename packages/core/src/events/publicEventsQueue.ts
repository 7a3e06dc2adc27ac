/** How the names of queues end on which those wait who hear all public events. */
export const publicEventsQueue = '.on-public-events'
