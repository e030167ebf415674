import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { precompress } from './build/precompress'

const server = process.env.SHU_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [vue(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': server, '/gateway': server } },
  build: {
    target: 'es2022',
    // The content security policy is default-src 'self': nothing may become a data: address.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        manualChunks: (id) => {
          if (/node_modules\/(echarts|zrender)\//.test(id)) return 'chart'
          if (/node_modules\/(sm-crypto-v2|@noble)\//.test(id)) return 'crypto'
          if (/node_modules\/(vue|@vue|vue-router)\//.test(id)) return 'vue'
          return undefined
        },
      },
    },
  },
  test: {
    fileParallelism: false,
    projects: [
      {
        extends: true,
        test: { name: 'unit', environment: 'jsdom', include: ['src/**/*.test.ts', 'tests/mock/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
