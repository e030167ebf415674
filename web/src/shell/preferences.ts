// What this browser remembers of its reader: language and elderly mode.
import { reactive, watch } from 'vue'

export type Language = 'zh' | 'en'

const place = 'shu.preferences'

export const preferences = reactive(remembered())

watch(
  preferences,
  () => {
    applyToDocument()
    try {
      localStorage.setItem(place, JSON.stringify(preferences))
    } catch {
      // A browser without storage forgets; nothing else depends on it.
    }
  },
  { immediate: true },
)

function remembered(): { language: Language; elderly: boolean } {
  try {
    const stored = JSON.parse(localStorage.getItem(place) ?? '{}') as { language?: string; elderly?: boolean }
    return { language: stored.language === 'en' ? 'en' : 'zh', elderly: stored.elderly === true }
  } catch {
    return { language: 'zh', elderly: false }
  }
}

function applyToDocument(): void {
  document.documentElement.lang = preferences.language === 'en' ? 'en' : 'zh-CN'
  document.documentElement.toggleAttribute('data-elderly', preferences.elderly)
}
