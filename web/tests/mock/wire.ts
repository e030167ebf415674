// The plain HTTP of the mock: routes by pattern, JSON, problems, event streams, built files with the product's security headers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'

export interface Request {
  params: Record<string, string>
  query: URLSearchParams
  body: Buffer
  json: <T>() => T
  raw: IncomingMessage
  reply: ServerResponse
  origin: string
}

export type Handler = (request: Request) => unknown

export class Problem {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail = '',
    readonly problems: unknown[] = [],
  ) {}
}

/** Returned by a handler that has answered or keeps the stream open itself. */
export const answered = Symbol('answered')

interface Route {
  method: string
  pattern: RegExp
  names: string[]
  handler: Handler
}

const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' }

export class Router {
  private readonly routes: Route[] = []

  on(methodAndPath: string, handler: Handler): void {
    const [method, path] = methodAndPath.split(' ')
    const names: string[] = []
    const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, (_, name: string) => (names.push(name), '([^/]+?)'))}$`)
    this.routes.push({ method, pattern, names, handler })
  }

  listen(port: number, dist: string): Promise<{ server: Server; address: string }> {
    const server = createServer((request, reply) => void this.serve(request, reply, dist))
    return new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        const bound = server.address()
        resolve({ server, address: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : port}` })
      })
    })
  }

  private async serve(raw: IncomingMessage, reply: ServerResponse, dist: string): Promise<void> {
    const url = new URL(raw.url ?? '/', `http://${raw.headers.host}`)
    const body = await bodyOf(raw)
    for (const route of this.routes) {
      const match = route.method === raw.method ? route.pattern.exec(url.pathname) : null
      if (!match) continue
      const params = Object.fromEntries(route.names.map((name, index) => [name, decodeURIComponent(match[index + 1])]))
      try {
        const answer = await route.handler({ params, query: url.searchParams, body, json: () => JSON.parse(body.toString() || '{}'), raw, reply, origin: url.origin })
        if (answer !== answered) sendJson(reply, reply.statusCode, answer)
      } catch (error) {
        const problem = error instanceof Problem ? error : new Problem(500, 'Internal Server Error', String(error))
        if (problem.status === 500) console.error(error)
        sendJson(reply, problem.status, { type: 'about:blank', instance: url.pathname, ...problem }, 'application/problem+json')
      }
      return
    }
    if (/^\/(api|gateway)\//.test(url.pathname)) sendJson(reply, 404, { title: 'Not Found', status: 404 }, 'application/problem+json')
    else sendFile(reply, dist, url.pathname)
  }
}

export function stream(reply: ServerResponse): (event: string, data: unknown) => void {
  reply.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  reply.write(':\n\n')
  return (event, data) => reply.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

function sendJson(reply: ServerResponse, status: number, value: unknown, type = 'application/json'): void {
  if (value === undefined) {
    reply.writeHead(status === 200 ? 204 : status).end()
    return
  }
  reply.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(JSON.stringify(value))
}

function sendFile(reply: ServerResponse, dist: string, path: string): void {
  const wanted = join(dist, normalize(path))
  const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html')
  const headers = {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:",
    'X-Content-Type-Options': 'nosniff',
  }
  reply.writeHead(200, headers).end(readFileSync(file))
}

async function bodyOf(raw: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of raw) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
