// The test cases of a model and their run. They live beside the model on the server; a server that keeps none leaves them to this window.
import { computed, ref, shallowRef } from 'vue'
import { ApiProblem, get, put } from '@/api/client'
import { evaluate, type Example, type ExampleSet, type Json } from './rule_api'
import type { RuleDesk } from './rule_desk'
import { sameValue } from './value'

export interface Outcome {
  state: 'passed' | 'failed' | 'broken'
  actual: Json
  message: string
}

export type Examples = ReturnType<typeof useExamples>

export function useExamples(desk: RuleDesk) {
  const items = shallowRef<Example[]>([])
  const outcomes = shallowRef<(Outcome | null)[]>([])
  const digest = ref('')
  const dirty = ref(false)
  const running = ref(false)
  const problem = shallowRef<ApiProblem | null>(null)
  /** false: nobody keeps the cases when the window closes */
  const kept = ref(true)
  const passed = computed(() => outcomes.value.filter((one) => one?.state === 'passed').length)
  const failed = computed(() => outcomes.value.filter((one) => one !== null && one.state !== 'passed').length)
  const place = `/api/rules/${encodeURIComponent(desk.code)}/examples`

  void load()
  return { items, outcomes, dirty, running, problem, kept, passed, failed, load, set, runAll, save }

  async function load(): Promise<void> {
    problem.value = null
    try {
      take(await get<ExampleSet>(place))
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) kept.value = false
      else problem.value = error as ApiProblem
    }
  }

  function take(set: ExampleSet): void {
    items.value = set.items
    outcomes.value = set.items.map(() => null)
    digest.value = set.digest
    dirty.value = false
  }

  /** Another list; what was found out about cases that stayed as they were stays. */
  function set(list: Example[]): void {
    const before = new Map(items.value.map((one, index) => [one, outcomes.value[index]]))
    items.value = list
    outcomes.value = list.map((one) => before.get(one) ?? null)
    dirty.value = true
  }

  async function runAll(): Promise<void> {
    running.value = true
    outcomes.value = items.value.map(() => null)
    try {
      const subject = await desk.subject()
      for (const [index, example] of items.value.entries()) {
        const outcome = await evaluate(subject, example.decision, example.input, false).then(
          (answer): Outcome => ({ state: sameValue(answer.output, example.expected) ? 'passed' : 'failed', actual: answer.output, message: '' }),
          (error: unknown): Outcome => ({ state: 'broken', actual: null, message: (error as ApiProblem).detail || (error as ApiProblem).title }),
        )
        outcomes.value = outcomes.value.map((one, at) => (at === index ? outcome : one))
      }
    } catch (error) {
      problem.value = error as ApiProblem
    } finally {
      running.value = false
    }
  }

  async function save(): Promise<void> {
    problem.value = null
    try {
      const found = outcomes.value
      take(await put<ExampleSet>(place, { items: items.value, replaces: digest.value }))
      outcomes.value = found
    } catch (error) {
      problem.value = error as ApiProblem
    }
  }
}
