// What dmn-js leaves unnamed for those who do not see it, and the few of its titles that it does not translate.
import type { Words } from './dmn_js_words'

const untranslated = ['Remove item', 'Move Input', 'Move Output']

/** Safe to call again and again: it changes nothing that it has named already. */
export function nameParts(board: HTMLElement, words: Words, row: string): void {
  for (const title of untranslated) {
    if (words(title) === title) continue
    for (const part of board.querySelectorAll(`[title="${title}"]`)) part.setAttribute('title', words(title))
  }
  for (const head of board.querySelectorAll('th.index-column')) {
    if (head.textContent !== '') continue
    const name = document.createElement('span')
    name.className = 'visually-hidden'
    name.textContent = row
    head.append(name)
  }
}
