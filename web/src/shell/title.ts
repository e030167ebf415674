// The window's title follows the page.
import { watchEffect } from 'vue'
import { cityTitle } from './city'

export function useTitle(title: () => string): void {
  watchEffect(() => {
    document.title = title() ? `${title()} · ${cityTitle.value}` : cityTitle.value
  })
}
