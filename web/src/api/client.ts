// The one way to the server: JSON over same-origin fetch. A problem document (RFC 9457) becomes an ApiProblem.

export interface ProblemEntry {
  pointer?: string
  message: string
  remedy?: string
}

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly problems: ProblemEntry[] = [],
  ) {
    super(detail || title)
    this.name = 'ApiProblem'
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

export function get<T>(path: string, query?: Query): Promise<T> {
  return send<T>('GET', withQuery(path, query))
}

export function post<T>(path: string, body?: unknown): Promise<T> {
  return send<T>('POST', path, body)
}

export function put<T>(path: string, body?: unknown): Promise<T> {
  return send<T>('PUT', path, body)
}

export function remove<T>(path: string): Promise<T> {
  return send<T>('DELETE', path)
}

/** What is not JSON: a model's XML. */
export function getText(path: string): Promise<string> {
  return exchange('GET', path)
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const text = await exchange(method, path, body)
  return (text ? JSON.parse(text) : undefined) as T
}

async function exchange(method: string, path: string, body?: unknown): Promise<string> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch {
    throw new ApiProblem(0, 'unreachable', '')
  }
  const text = await response.text()
  if (!response.ok) throw problemOf(response.status, text)
  return text
}

/** Reads whatever a failing answer carried; never throws itself. */
export function problemOf(status: number, text: string): ApiProblem {
  try {
    const document = JSON.parse(text) as { title?: string; detail?: string; problems?: ProblemEntry[] }
    return new ApiProblem(status, document.title ?? '', document.detail ?? '', document.problems ?? [])
  } catch {
    return new ApiProblem(status, '', '')
  }
}

export interface Upload<T> {
  done: Promise<T>
  cancel: () => void
}

/** Sends a file as the request's body and reports the share sent, 0 to 1. fetch() cannot report that; this can. */
export function upload<T>(path: string, file: File, onProgress: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest()
  const done = new Promise<T>((resolve, reject) => {
    request.open('POST', path)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as T)
      else reject(problemOf(request.status, request.responseText))
    }
    request.onerror = () => reject(new ApiProblem(0, 'unreachable', ''))
    request.onabort = () => reject(new ApiProblem(0, 'cancelled', ''))
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}
