// Who is signed in. Loaded before the first page; every other page only reads it.
import { computed, shallowRef } from 'vue'
import { get, post, put, remove } from '@/api/client'
import type { Account, SessionAnswer } from '@/api/types'

export const account = shallowRef<Account | null>(null)
export const isOfficer = computed(() => account.value !== null && account.value.kind !== 'citizen')
export const isCitizen = computed(() => account.value?.kind === 'citizen')

export async function loadSession(): Promise<void> {
  try {
    account.value = (await get<SessionAnswer>('/api/session')).account
  } catch {
    account.value = null
  }
}

export async function signIn(name: string, password: string): Promise<Account> {
  account.value = (await post<SessionAnswer>('/api/session', { name, password })).account
  return account.value!
}

export async function signOut(): Promise<void> {
  await remove('/api/session')
  account.value = null
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  await put('/api/session/password', { old, new: fresh })
  await loadSession()
}

/** Whether the account's posts carry the verb; the server decides again on every request. */
export function can(verb: string): boolean {
  return account.value !== null && account.value.permissions.includes(verb)
}

/** Where a person's own end begins. */
export function homeOf(person: Account): string {
  if (person.must_change_password) return '/password'
  return person.kind === 'citizen' ? '/my' : '/desk'
}
