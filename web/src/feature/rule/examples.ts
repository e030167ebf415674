// The test cases of a model and their run. They travel inside the model, as an extension element of its definitions (DMN 1.5 6.3.4), so that
// a draft, a version and a downloaded file hold the cases that they were judged by. Before them stand those that the city folder declares, which
// are changed there.
import { computed, ref, shallowRef, watch } from 'vue'
import type { ApiProblem } from '@/api/client'
import { declaredExamples, evaluate, runExamples, type Example, type ExampleRun, type Json } from './rule_api'
import type { RuleDesk } from './rule_desk'
import { sameValue } from './value'

/** The namespace of our extension element; its text is JSON: a list of {name, decision, input, expected}. */
const space = 'urn:shu:rule:examples'

export interface Outcome {
  state: 'passed' | 'failed' | 'broken'
  actual: Json
  message: string
}

export type Examples = ReturnType<typeof useExamples>

export function useExamples(desk: RuleDesk) {
  const items = shallowRef<Example[]>([])
  const outcomes = shallowRef<(Outcome | null)[]>([])
  const running = ref(false)
  const problem = shallowRef<ApiProblem | null>(null)
  const passed = computed(() => outcomes.value.filter((one) => one?.state === 'passed').length)
  const failed = computed(() => outcomes.value.filter((one) => one !== null && one.state !== 'passed').length)

  let loading = Promise.resolve()

  watch(desk.revision, () => {
    items.value = [...items.value.filter((one) => one.declared), ...examplesIn(desk.xml.value ?? '')]
    outcomes.value = items.value.map(() => null)
  })
  return { items, outcomes, running, problem, passed, failed, set, runAll, loadDeclared }

  function loadDeclared(): Promise<void> {
    return (loading = fetchDeclared())
  }

  async function fetchDeclared(): Promise<void> {
    try {
      const declared = await declaredExamples(desk.code)
      items.value = [...declared, ...items.value.filter((one) => !one.declared)]
      outcomes.value = items.value.map(() => null)
    } catch (error) {
      problem.value = error as ApiProblem
    }
  }

  /** Another list; what was found out about cases that stayed as they were stays. */
  function set(list: Example[]): void {
    const before = new Map(items.value.map((one, index) => [one, outcomes.value[index]]))
    items.value = list
    outcomes.value = list.map((one) => before.get(one) ?? null)
    desk.dirty.value = true
  }

  async function runAll(): Promise<void> {
    running.value = true
    await loading // a list that comes while the cases run would lose what came out
    problem.value = null
    outcomes.value = items.value.map(() => null)
    try {
      const subject = await desk.subject()
      // Those of the folder have their own instant, which only the server sets without choosing another version.
      if (items.value.some((one) => one.declared)) {
        const runs = (await runExamples(desk.code, subject)).items.filter((one) => one.source === 'folder').map(outcomeOf)
        outcomes.value = items.value.map((one, index) => (one.declared ? (runs[index] ?? null) : null))
      }
      for (const [index, example] of items.value.entries()) {
        if (example.declared) continue
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
}

function outcomeOf(run: ExampleRun): Outcome {
  if (run.passed) return { state: 'passed', actual: run.output, message: '' }
  return run.output === null ? { state: 'broken', actual: null, message: run.message } : { state: 'failed', actual: run.output, message: '' }
}

export function examplesIn(xml: string): Example[] {
  const root = new DOMParser().parseFromString(xml, 'application/xml').documentElement
  try {
    const list = JSON.parse(root.getElementsByTagNameNS(space, 'examples')[0]?.textContent ?? '[]') as unknown
    return Array.isArray(list) ? list.filter(isExample) : []
  } catch {
    return []
  }
}

/** The same model with these test cases in place of its own. */
export function withExamples(xml: string, items: readonly Example[]): string {
  const document = new DOMParser().parseFromString(xml, 'application/xml')
  const root = document.documentElement
  if (root.localName !== 'definitions') return xml
  const own = items.filter((one) => !one.declared)
  const old = root.getElementsByTagNameNS(space, 'examples')[0]
  if (!old && own.length === 0) return xml
  old?.remove()
  if (own.length > 0) {
    const element = document.createElementNS(space, 'shu:examples')
    element.textContent = JSON.stringify(own)
    extensionsOf(document, root).append(element)
  }
  return new XMLSerializer().serializeToString(document)
}

/** The standard wants it after the description and before everything else. */
function extensionsOf(document: Document, root: Element): Element {
  const found = [...root.children].find((child) => child.localName === 'extensionElements')
  if (found) return found
  const made = document.createElementNS(root.namespaceURI, root.prefix ? `${root.prefix}:extensionElements` : 'extensionElements')
  const description = [...root.children].find((child) => child.localName === 'description')
  if (description) description.after(made)
  else root.prepend(made)
  return made
}

function isExample(one: unknown): one is Example {
  const example = one as Partial<Example> | null
  return typeof example?.decision === 'string' && typeof example.name === 'string' && typeof example.input === 'object' && example.input !== null && 'expected' in example
}
