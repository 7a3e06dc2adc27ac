import type { Channel, EventSource } from './event.ts'

type Utm = Pick<EventSource, 'utmSource' | 'utmMedium' | 'utmCampaign'>

/**
 * The channel of a visit, after Google Analytics 4's default channel groups
 * (https://support.google.com/analytics/answer/9756891), simplified: shopping and video sites count with search
 * and social; SMS, push, audio and affiliates are "other".
 *
 * @param referrerHost null where the visitor came from nowhere, or from the site itself
 * @param clickId whether an advertiser's click id was in the address
 */
export function channelOf(utm: Utm, referrerHost: string | null, clickId: 'search' | 'display' | null): Channel {
  const medium = utm.utmMedium?.toLowerCase() ?? ''
  const source = utm.utmSource?.toLowerCase() ?? ''
  if (clickId && !medium) return clickId === 'search' ? 'paid-search' : 'display'
  if (!medium && !source && !utm.utmCampaign) return referrerHost ? organic(referrerHost) : 'direct'

  const site = siteOf(source) ?? (referrerHost && siteOf(referrerHost))
  if (paidMedium.test(medium)) {
    if (site === 'search') return 'paid-search'
    if (site === 'social') return 'paid-social'
    return displayMedium.test(medium) ? 'display' : 'other'
  }
  if (displayMedium.test(medium)) return 'display'
  if (site === 'social' || socialMedium.test(medium)) return 'social'
  if (emailMedium.test(medium) || emailMedium.test(source) || site === 'email') return 'email'
  if (site === 'search' || medium === 'organic') return 'organic-search'
  if (/^(?:referral|app|link)$/.test(medium)) return 'referral'
  return 'other'
}

function organic(host: string): Channel {
  const site = siteOf(host)
  if (site === 'search') return 'organic-search'
  return site ?? 'referral'
}

const paidMedium = /^(?:.*cp.*|ppc|retargeting|paid.*)$/
const displayMedium = /^(?:display|banner|expandable|interstitial|cpm)$/
const socialMedium = /^(?:social|social[-_ ](?:network|media)|sm)$/
const emailMedium = /^e[-_ ]?mail$/

/** What kind of site a host, or a name given as `utm_source`, is. */
function siteOf(text: string): 'search' | 'social' | 'email' | undefined {
  if (emailSites.test(text)) return 'email'
  if (searchSites.test(text)) return 'search'
  if (socialSites.test(text)) return 'social'
  return undefined
}

// The best-known of GA4's list of sources, by name or host ("bing", "www.bing.com", "google.co.uk").
const emailSites =
  /^(?:mail\.google\.com|com\.google\.android\.gm|outlook\.(?:live|office(?:365)?)\.com|mail\.(?:yahoo|aol|proton|yandex)\.[a-z.]+)$/
const searchSites =
  /^(?:(?:www|m|images|search|cn|[a-z]{2})\.)*(?:google|bing|yahoo|duckduckgo|baidu|yandex|ecosia|qwant|startpage|naver|seznam|sogou|ask|aol|kagi|swisscows|lycos|rambler|daum|presearch)(?:\.[a-z]{2,4}){0,2}$|^search\.brave\.com$|^com\.google\.android\.googlequicksearchbox$|^metager\.(?:de|org)$/
const socialSites =
  /^(?:(?:www|m|l|lm|web|old|out|mobile|[a-z]{2})\.)*(?:facebook|fb|instagram|ig|linkedin|twitter|reddit|pinterest|tiktok|youtube|threads|snapchat|tumblr|quora|vk|weibo|whatsapp|telegram|discord|bluesky|mastodon|meetup|xing|viadeo)(?:\.[a-z]{2,4}){0,2}$|^(?:x\.com|t\.co|t\.me|lnkd\.in|youtu\.be|bsky\.app|go\.bsky\.app|news\.ycombinator\.com|mastodon\.social|com\.(?:facebook|twitter|linkedin|reddit|instagram)\.[a-z.]+)$/
