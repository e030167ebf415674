// What a page sends, with its state: busy until the answer is there, and why it was refused.
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { ApiProblem } from './client'

export interface Sending {
  busy: Ref<boolean>
  problem: ShallowRef<ApiProblem | null>
  send: (call: () => Promise<void>) => Promise<void>
}

/** A refusal stays in `problem` until something is sent again; nothing is thrown. */
export function useSending(): Sending {
  const busy = ref(false)
  const problem = shallowRef<ApiProblem | null>(null)
  return { busy, problem, send }

  async function send(call: () => Promise<void>): Promise<void> {
    busy.value = true
    problem.value = null
    try {
      await call()
    } catch (error) {
      problem.value = error as ApiProblem
    } finally {
      busy.value = false
    }
  }
}
