// Writes .br and .gz beside every built text file, so that the server sends them as they are.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const compressible = /\.(html|js|css|svg|json|txt)$/
const worthwhileBytes = 1024

export function precompress(): Plugin {
  let folder = 'dist'
  return {
    name: 'shu-precompress',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir
    },
    closeBundle: () => {
      for (const file of filesUnder(folder)) compress(file)
    },
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
}

function compress(file: string): void {
  if (!compressible.test(file) || statSync(file).size < worthwhileBytes) return
  const text = readFileSync(file)
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }
  writeFileSync(`${file}.br`, brotliCompressSync(text, brotli))
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
}
