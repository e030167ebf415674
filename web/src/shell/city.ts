// The city this program serves: loaded once, before the first page.
import { computed, shallowRef } from 'vue'
import { get, type ApiProblem } from '@/api/client'
import type { City } from '@/api/types'
import { inLanguage } from './i18n'
import { preferences } from './preferences'

export const city = shallowRef<City | null>(null)
export const cityProblem = shallowRef<ApiProblem | null>(null)

export const cityTitle = computed(() =>
  city.value === null ? '枢' : inLanguage(preferences.language, city.value.title, city.value.title_en),
)

export async function loadCity(): Promise<void> {
  try {
    city.value = await get<City>('/api/city')
    cityProblem.value = null
  } catch (problem) {
    cityProblem.value = problem as ApiProblem
  }
}
