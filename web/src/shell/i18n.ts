// Chinese first, English complete: each feature declares its texts once with both languages of the same type.
import { computed, type ComputedRef } from 'vue'
import { preferences, type Language } from './preferences'

export interface Texts<T> {
  zh: T
  en: T
}

/** The compiler refuses an English text that is missing, superfluous, or takes other arguments. */
export function defineTexts<T>(zh: T, en: NoInfer<T>): Texts<T> {
  return { zh, en }
}

export function useTexts<T>(texts: Texts<T>): ComputedRef<T> {
  return computed(() => texts[preferences.language])
}

export function inLanguage(language: Language, chinese: string, english: string | undefined | null): string {
  return language === 'en' && english ? english : chinese
}

/** The name of the dataset that a thing is about: `dataset_name` and `dataset_name_en`. */
export function datasetName(thing: { dataset_name: string; dataset_name_en: string }): string {
  return inLanguage(preferences.language, thing.dataset_name, thing.dataset_name_en)
}

/** The name of a thing that carries both: `name` and `name_en`. */
export function nameOf(thing: { name: string; name_en?: string | null }): string {
  return inLanguage(preferences.language, thing.name, thing.name_en)
}
