// What a page loads, with its state: loading, error, data. Late answers of an older request are dropped.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue'
import { get, withQuery, type ApiProblem, type Query } from './client'
import type { Page } from './types'

export interface Resource<T> {
  data: ShallowRef<T | null>
  error: ShallowRef<ApiProblem | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

export function useResource<T>(load: () => Promise<T>, when: WatchSource<unknown>[] = []): Resource<T> {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<ApiProblem | null>(null)
  const loading = ref(true)
  let turn = 0

  if (when.length > 0) watch(when, reload)
  void reload()
  return { data, error, loading, reload }

  async function reload(): Promise<void> {
    const mine = ++turn
    loading.value = true
    error.value = null
    try {
      const answer = await load()
      if (mine === turn) data.value = answer
    } catch (problem) {
      if (mine === turn) error.value = problem as ApiProblem
    } finally {
      if (mine === turn) loading.value = false
    }
  }
}

export interface PagedList<T> {
  items: ShallowRef<T[]>
  next: ShallowRef<string | null>
  error: ShallowRef<ApiProblem | null>
  loading: Ref<boolean>
  more: () => Promise<void>
  reload: () => Promise<void>
}

/** A list with a cursor: the first page at once, further pages by `more`, from the start when `query` changes. */
export function usePages<T>(path: () => string, query: () => Query = () => ({})): PagedList<T> {
  const items = shallowRef<T[]>([])
  const next = shallowRef<string | null>(null)
  const error = shallowRef<ApiProblem | null>(null)
  const loading = ref(true)
  let turn = 0

  watch(() => withQuery(path(), query()), reload)
  void reload()
  return { items, next, error, loading, more, reload }

  function reload(): Promise<void> {
    return fetchPage(null)
  }

  async function more(): Promise<void> {
    if (next.value !== null && !loading.value) await fetchPage(next.value)
  }

  async function fetchPage(cursor: string | null): Promise<void> {
    const mine = ++turn
    loading.value = true
    error.value = null
    try {
      const page = await get<Page<T>>(path(), { ...query(), cursor })
      if (mine !== turn) return
      items.value = cursor === null ? page.items : [...items.value, ...page.items]
      next.value = page.next ?? null
    } catch (problem) {
      if (mine === turn) error.value = problem as ApiProblem
    } finally {
      if (mine === turn) loading.value = false
    }
  }
}

/** Everything behind a cursor, up to a limit, for exports and pickers. */
export async function allPages<T>(path: string, query: Query = {}, limit = 5000): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> = await get<Page<T>>(path, { ...query, cursor })
    items.push(...page.items)
    cursor = page.next ?? null
  } while (cursor !== null && items.length < limit)
  return items
}

export interface EventHandlers {
  [event: string]: (data: never) => void
}

export interface EventFeed {
  connected: Ref<boolean>
  /** the server will not send any: refused, not merely interrupted */
  ended: Ref<boolean>
  close: () => void
}

/** Server-sent events for as long as the calling component lives; the browser reconnects by itself. */
export function useEvents(path: string, handlers: EventHandlers): EventFeed {
  const connected = ref(false)
  const ended = ref(false)
  const source = new EventSource(path)
  source.onopen = () => {
    connected.value = true
  }
  source.onerror = () => {
    connected.value = false
    ended.value = source.readyState === EventSource.CLOSED
  }
  for (const [event, handle] of Object.entries(handlers)) {
    source.addEventListener(event, (message) => handle(JSON.parse((message as MessageEvent<string>).data) as never))
  }
  onScopeDispose(close)
  return { connected, ended, close }

  function close(): void {
    source.close()
    connected.value = false
  }
}
