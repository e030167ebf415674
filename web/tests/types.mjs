// Writes src/api/openapi.ts from the document that the program prints, or with --check says whether the file is up to date.
// SHU_PROGRAM names the program; build/release/shu if not given.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTypescript, { astToString } from 'openapi-typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const target = new URL('../src/api/openapi.ts', import.meta.url)
const program = process.env.SHU_PROGRAM ?? `${root}build/release/shu`
const document = JSON.parse(execFileSync(program, ['openapi', '--city', `${root}cities/shenyang`], { encoding: 'utf8', maxBuffer: 1 << 26 }))
// Only what is named is used: the shapes of answers. The paths would be as long again.
const { schemas } = document.components
const named = { openapi: document.openapi, info: document.info, paths: {}, components: { schemas } }
const written = '// Made by `npm run types` from what `shu openapi` prints. Change the routes, not this file.\n' + astToString(await openapiTypescript(named))

if (!process.argv.includes('--check')) {
  writeFileSync(target, written)
} else if (readFileSync(target, 'utf8') !== written) {
  console.error('web/src/api/openapi.ts does not fit the routes any more: run `npm run types` in web/ and commit the file')
  process.exit(1)
}
