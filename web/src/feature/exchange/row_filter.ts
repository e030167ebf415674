// The limit of an application or grant to some rows, in words.
import type { RowFilter } from '@/api/types'
import { inLanguage } from '@/shell/i18n'
import { preferences } from '@/shell/preferences'
import type { texts } from './texts'

export function filterWords(rows: RowFilter | null, t: typeof texts.zh): string {
  if (rows === null) return t.filter.all
  const field = inLanguage(preferences.language, rows.field_name, rows.field_name_en)
  const name = inLanguage(preferences.language, rows.value_name, rows.value_name_en)
  const value = name === rows.value ? rows.value : `${name} (${rows.value})`
  return t.filter.only(field, value)
}
