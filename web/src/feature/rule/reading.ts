// What the editor page gives to the page that is printed: what is drawn, and the answer with its reasons. It may hold personal data, so
// it goes through the window's own storage and not through the address, which servers and histories keep.
import type { Evaluated, Values } from './rule_api'

export interface Handed {
  xml: string
  saved: boolean
  source: 'draft' | number | null
  needed: string[]
  input: Values
  answer: Evaluated | null
}

const place = (code: string) => `shu.rule.reading.${code}`

export function handOver(code: string, what: Handed): void {
  try {
    sessionStorage.setItem(place(code), JSON.stringify(what))
  } catch {
    // A browser without storage, or a model beyond its quota: the page then shows what the server keeps.
  }
}

export function handed(code: string): Handed | null {
  try {
    return JSON.parse(sessionStorage.getItem(place(code)) ?? 'null') as Handed | null
  } catch {
    return null
  }
}
