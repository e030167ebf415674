// The state of one model on the editor page: what is kept, what is drawn, what the check found, and the question that is being tried.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { get, post, put, remove, type ApiProblem } from '@/api/client'
import { useResource } from '@/api/resource'
import { can } from '@/feature/identity/session'
import { marksOf } from './marks'
import { check, evaluate, xmlOf, type Evaluated, type Json, type Report, type RuleElement, type RuleModel, type Subject, type Values } from './rule_api'
import { inputFor, inputsOf } from './value'

/** Long enough that nobody is checked between two letters, short enough to be seen as an answer. */
const checkDelayMs = 700

export type RuleDesk = ReturnType<typeof useRuleDesk>

export function useRuleDesk(code: string) {
  const model = useResource(() => get<RuleModel>(`/api/rules/${encodeURIComponent(code)}`))
  const xml = shallowRef<string | null>(null)
  const xmlProblem = shallowRef<ApiProblem | null>(null)
  /** what `xml` is: the draft, or the version that a draft would begin from */
  const source = ref<'draft' | number | null>(null)
  const dirty = ref(false)
  /** another text came from outside: what is drawn begins anew */
  const revision = ref(0)
  const report = shallowRef<Report | null>(null)
  const checkProblem = shallowRef<ApiProblem | null>(null)
  const checking = ref(false)
  const decision = ref('')
  const input = shallowRef<Values>({})
  const answer = shallowRef<Evaluated | null>(null)
  const tryProblem = shallowRef<ApiProblem | null>(null)
  const trying = ref(false)
  const saveProblem = shallowRef<ApiProblem | null>(null)
  const saving = ref(false)
  /** reads what is drawn; the board sets it while it is there */
  const reader = shallowRef<(() => Promise<string>) | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let checkTurn = 0

  const mayDraw = computed(() => can('rule.draw') && model.data.value?.withdrawn_at === null)
  const choices = computed<RuleElement[]>(() => [...(report.value?.decisions ?? []), ...(report.value?.services ?? [])])
  const chosen = computed(() => choices.value.find((one) => one.name === decision.value))
  const needed = computed(() => inputsOf(chosen.value, [...(report.value?.inputs ?? []), ...(report.value?.decisions ?? [])]))
  const marks = computed(() => marksOf(answer.value?.explanation ?? [], report.value?.problems ?? [], report.value?.findings ?? []))

  watch(needed, (inputs) => {
    input.value = { ...input.value, ...inputFor(inputs, input.value) }
  })
  watch(decision, () => {
    answer.value = null
    tryProblem.value = null
  })
  watch(model.data, (now, before) => {
    if (now && !before) void load()
  })
  onScopeDispose(() => clearTimeout(timer))

  return {
    code, model, xml, xmlProblem, source, dirty, revision, report, checkProblem, checking, decision, input, answer, tryProblem, trying, saveProblem, saving, reader,
    mayDraw, choices, chosen, needed, marks, load, changed, choose, give, subject, recheck, run, save, discard, replaceXml,
  }

  /** Fetches the draft, else the version in force, else the newest one. */
  async function load(): Promise<void> {
    const kept = model.data.value
    if (kept === null) return
    const wanted = kept.draft ? 'draft' : (kept.in_force ?? kept.versions[0]?.number ?? null)
    xmlProblem.value = null
    try {
      if (wanted !== null) xml.value = await xmlOf(code, wanted)
      source.value = wanted
      dirty.value = false
      revision.value++
      await recheck()
    } catch (problem) {
      xmlProblem.value = problem as ApiProblem
    }
  }

  /** Something was drawn: it is checked, and the question asked again, as soon as the hand rests. */
  function changed(): void {
    dirty.value = true
    clearTimeout(timer)
    timer = setTimeout(() => void recheck().then(() => (answer.value ? run() : undefined)), checkDelayMs)
  }

  /** Another text takes the place of what is drawn: a file that was opened. */
  function replaceXml(text: string): void {
    xml.value = text
    answer.value = null
    revision.value++
    changed()
  }

  function choose(name: string): void {
    decision.value = name
  }

  function give(name: string, value: Json | undefined): void {
    input.value = { ...input.value, [name]: value ?? null }
  }

  async function subject(): Promise<Subject> {
    if (dirty.value || source.value === null) return { xml: reader.value ? await reader.value() : (xml.value ?? '') }
    return source.value === 'draft' ? { code, draft: true } : { code, version: source.value }
  }

  async function recheck(): Promise<void> {
    const mine = ++checkTurn
    checking.value = true
    checkProblem.value = null
    try {
      const found = await check(await subject())
      if (mine !== checkTurn) return
      report.value = found
      if (!choices.value.some((one) => one.name === decision.value)) decision.value = found.decisions.at(-1)?.name ?? ''
    } catch (problem) {
      if (mine === checkTurn) checkProblem.value = problem as ApiProblem
    } finally {
      if (mine === checkTurn) checking.value = false
    }
  }

  async function run(): Promise<void> {
    trying.value = true
    tryProblem.value = null
    try {
      const names = needed.value.map((one) => one.name)
      answer.value = await evaluate(await subject(), decision.value, Object.fromEntries(names.map((name) => [name, input.value[name] ?? null])))
    } catch (problem) {
      answer.value = null
      tryProblem.value = problem as ApiProblem
    } finally {
      trying.value = false
    }
  }

  async function save(note: string): Promise<boolean> {
    return kept(async () => {
      const text = reader.value ? await reader.value() : (xml.value ?? '')
      const body = { xml: text, note, replaces: model.data.value?.draft?.digest ?? '' }
      model.data.value = await put<RuleModel>(`/api/rules/${encodeURIComponent(code)}/draft`, body)
      // The board keeps what it shows; a reader and a download take this.
      xml.value = text
      source.value = 'draft'
      dirty.value = false
    })
  }

  async function discard(): Promise<boolean> {
    return kept(async () => {
      await remove(`/api/rules/${encodeURIComponent(code)}/draft`)
      await model.reload()
      await load()
    })
  }

  async function kept(work: () => Promise<void>): Promise<boolean> {
    saving.value = true
    saveProblem.value = null
    try {
      await work()
      return true
    } catch (problem) {
      saveProblem.value = problem as ApiProblem
      return false
    } finally {
      saving.value = false
    }
  }
}

export function publish(code: string, body: { digest: string; from?: string; basis?: string; note: string; accept_failing?: boolean }): Promise<unknown> {
  return post(`/api/rules/${encodeURIComponent(code)}/publication`, body)
}

export function rollBack(code: string, body: { version: number; from?: string; note: string }): Promise<unknown> {
  return post(`/api/rules/${encodeURIComponent(code)}/rollback`, body)
}

export function cancelVersion(code: string, version: number, reason: string): Promise<unknown> {
  return post(`/api/rules/${encodeURIComponent(code)}/versions/${version}/cancellation`, { reason })
}
