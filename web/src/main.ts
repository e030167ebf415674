// Starts the application: the city and the session first, then the page the address names.
import { createApp } from 'vue'
import App from '@/shell/App.vue'
import { loadCity } from '@/shell/city'
import { router } from '@/shell/router'
import { loadSession } from '@/feature/identity/session'
import '@/shell/tokens.css'
import '@/shell/base.css'

await Promise.all([loadCity(), loadSession()])
const app = createApp(App).use(router)
await router.isReady()
app.mount('#app')
