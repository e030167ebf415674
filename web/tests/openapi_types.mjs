// Lists the operations of a running server's /api/openapi.json, the first step to producing src/api/types.ts from it.
const server = process.env.SHU_SERVER ?? 'http://127.0.0.1:8080'
const document = await (await fetch(`${server}/api/openapi.json`)).json()
for (const [path, methods] of Object.entries(document.paths)) {
  for (const method of Object.keys(methods)) console.log(`${method.toUpperCase().padEnd(7)}${path}`)
}
