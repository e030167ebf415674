// Names of organisations by code, where the server gives codes only or Chinese names only. Loaded once, when first needed.
import { shallowRef } from 'vue'
import { allPages } from '@/api/resource'
import type { Organisation } from '@/api/types'
import { nameOf } from '@/shell/i18n'
import { preferences } from '@/shell/preferences'

const known = shallowRef(new Map<string, Organisation>())
let asked = false

/** The name in the reader's language. `chinese` is what the server already told; without it the code stands until the names have come. */
export function organisationName(code: string, chinese?: string): string {
  if (chinese !== undefined && preferences.language === 'zh') return chinese
  if (code === '') return chinese ?? ''
  if (!asked) {
    asked = true
    allPages<Organisation>('/api/organisations', { limit: 200 })
      .then((all) => (known.value = new Map(all.map((one) => [one.code, one]))))
      .catch(() => (asked = false))
  }
  const one = known.value.get(code)
  return one ? nameOf(one) : (chinese ?? code)
}
