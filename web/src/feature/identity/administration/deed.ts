// What an administrator is about to do to one row of a list, until it is confirmed.
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface DeedOn<Row, Deed> {
  chosen: ShallowRef<Row | null>
  deed: Ref<Deed>
  /** the question is open */
  confirming: Ref<boolean>
  ask: (row: Row, what: Deed) => void
}

export function useDeed<Row, Deed extends string>(first: Deed): DeedOn<Row, Deed> {
  const chosen = shallowRef<Row | null>(null)
  const deed = ref(first) as Ref<Deed>
  const confirming = ref(false)
  return { chosen, deed, confirming, ask }

  function ask(row: Row, what: Deed): void {
    chosen.value = row
    deed.value = what
    confirming.value = true
  }
}
