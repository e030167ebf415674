// The ends of the application and what belongs to each. What a person may not use is absent, not grey.
import { account, can, isCitizen, isOfficer } from '@/feature/identity/session'
import type { texts } from './texts'

export interface Entry {
  to: string
  label: string
}

export interface Group {
  label: string
  entries: Entry[]
}

type Words = typeof texts.zh

export function publicEntries(t: Words): Entry[] {
  return [
    { to: '/', label: t.home },
    { to: '/catalogue', label: t.catalogue },
    { to: '/organisations', label: t.organisations },
    { to: '/ledger/checkpoints', label: t.checkpoints },
  ]
}

export function officeGroups(t: Words): Group[] {
  if (!isOfficer.value) return []
  const groups: Group[] = [
    { label: t.groups.desk, entries: [{ to: '/desk', label: t.desk }, { to: '/organisations', label: t.organisations }] },
    { label: t.groups.data, entries: [{ to: '/datasets', label: t.datasets }] },
    { label: t.groups.sharing, entries: [{ to: '/catalogue', label: t.catalogue }] },
    { label: t.groups.trust, entries: [{ to: '/ledger/checkpoints', label: t.checkpoints }] },
  ]
  const [desk, data, sharing, trust] = groups
  if (can('rule.read')) desk.entries.push({ to: '/rules', label: t.rules })
  if (can('dataset.collect')) data.entries.push({ to: '/batches', label: t.batches })
  if (can('grant.read')) sharing.entries.push({ to: '/applications', label: t.applications }, { to: '/grants', label: t.grants })
  if (can('ledger.read')) trust.entries.unshift({ to: '/ledger/acts', label: t.acts })
  if (can('gateway.monitor')) trust.entries.unshift({ to: '/monitor', label: t.monitor })
  const administration: Entry[] = []
  if (can('account.manage')) administration.push({ to: '/admin/accounts', label: t.accounts })
  if (can('role.manage')) administration.push({ to: '/admin/posts', label: t.posts })
  if (can('client.manage')) administration.push({ to: '/admin/clients', label: t.clients })
  if (administration.length > 0) groups.push({ label: t.groups.administration, entries: administration })
  return groups
}

export function citizenEntries(t: Words): Entry[] {
  if (!isCitizen.value) return []
  return [
    { to: '/my', label: t.myData },
    { to: '/catalogue', label: t.catalogue },
    { to: '/my/self', label: t.me },
  ]
}

export type Frame = 'public' | 'office' | 'citizen'

/** Which frame surrounds a page: the front page is everybody's, the rest belongs to the reader's end. */
export function frameFor(path: string): Frame {
  if (account.value === null || path === '/' || path === '/sign-in' || path === '/password') return 'public'
  return isCitizen.value ? 'citizen' : 'office'
}
