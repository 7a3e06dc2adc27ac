/** The settings of mail that this page is about; the others stand with the settings of all plugins. */
export interface TransportValues {
  transport: 'outbox' | 'ses' | 'smtp'
  fromAddress: string
  fromName: string
  replyTo: string
  postalAddress: string
  sesRegion: string
  sesConfigurationSet: string
  smtpHost: string
  smtpPort: number | null
  smtpUser: string
  smtpSecurity: 'starttls' | 'tls' | 'none'
  ratePerSecond: number | null
  tracking: 'none' | 'aggregate' | 'individual'
}

const defaults: TransportValues = {
  transport: 'outbox',
  fromAddress: '',
  fromName: '',
  replyTo: '',
  postalAddress: '',
  sesRegion: 'eu-west-1',
  sesConfigurationSet: '',
  smtpHost: '',
  smtpPort: 587,
  smtpUser: '',
  smtpSecurity: 'starttls',
  ratePerSecond: 10,
  tracking: 'aggregate',
}

/** Settings come as JSON, checked by the server against the schema of the plugin. */
export function readTransport(settings: unknown): TransportValues {
  const known = typeof settings === 'object' && settings !== null ? (settings as Partial<TransportValues>) : {}
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, known[name as keyof TransportValues] ?? value]),
  ) as unknown as TransportValues
}
