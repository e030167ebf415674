// Addresses. /api and /gateway belong to the server.
import { shallowRef } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { account, can } from '@/feature/identity/session'

declare module 'vue-router' {
  interface RouteMeta {
    signedIn?: boolean
    verb?: string
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('@/feature/city/FrontPage.vue') },
  { path: '/sign-in', component: () => import('@/feature/identity/SignInPage.vue') },
  { path: '/password', component: () => import('@/feature/identity/PasswordPage.vue'), meta: { signedIn: true } },
  { path: '/organisations', component: () => import('@/feature/identity/OrganisationsPage.vue') },
  { path: '/organisations/:code', component: () => import('@/feature/identity/OrganisationPage.vue'), props: true },
  { path: '/desk', component: () => import('@/shell/DeskPage.vue'), meta: { signedIn: true } },
  { path: '/datasets', component: () => import('@/feature/record/DatasetsPage.vue'), meta: { signedIn: true } },
  { path: '/datasets/:code', component: () => import('@/feature/record/DatasetPage.vue'), props: true, meta: { signedIn: true } },
  { path: '/batches', component: () => import('@/feature/record/BatchesPage.vue'), meta: { signedIn: true, verb: 'dataset.collect' } },
  { path: '/batches/:id', component: () => import('@/feature/record/BatchPage.vue'), props: true, meta: { signedIn: true, verb: 'dataset.collect' } },
  { path: '/rules', component: () => import('@/feature/rule/RulesPage.vue'), meta: { signedIn: true, verb: 'rule.read' } },
  { path: '/rules/:code', component: () => import('@/feature/rule/RulePage.vue'), props: true, meta: { signedIn: true, verb: 'rule.read' } },
  { path: '/rules/:code/reading', component: () => import('@/feature/rule/RuleReadingPage.vue'), props: true, meta: { signedIn: true, verb: 'rule.read' } },
  { path: '/catalogue', component: () => import('@/feature/exchange/CataloguePage.vue') },
  { path: '/catalogue/:dataset', component: () => import('@/feature/exchange/CatalogueEntryPage.vue'), props: true },
  { path: '/applications', component: () => import('@/feature/exchange/ApplicationsPage.vue'), meta: { signedIn: true, verb: 'grant.read' } },
  { path: '/applications/:id', component: () => import('@/feature/exchange/ApplicationPage.vue'), props: true, meta: { signedIn: true, verb: 'grant.read' } },
  { path: '/grants', component: () => import('@/feature/exchange/GrantsPage.vue'), meta: { signedIn: true, verb: 'grant.read' } },
  { path: '/grants/:id', component: () => import('@/feature/exchange/GrantPage.vue'), props: true, meta: { signedIn: true, verb: 'grant.read' } },
  { path: '/monitor', component: () => import('@/feature/exchange/MonitorPage.vue'), meta: { signedIn: true, verb: 'gateway.monitor' } },
  { path: '/calls/:id', component: () => import('@/feature/exchange/CallPage.vue'), props: true, meta: { signedIn: true } },
  { path: '/ledger/acts', component: () => import('@/feature/ledger/ActsPage.vue'), meta: { signedIn: true, verb: 'ledger.read' } },
  { path: '/ledger/acts/:sequence', component: () => import('@/feature/ledger/ActPage.vue'), props: true, meta: { signedIn: true } },
  { path: '/ledger/checkpoints', component: () => import('@/feature/ledger/CheckpointsPage.vue') },
  { path: '/my', component: () => import('@/feature/exchange/MyDataPage.vue'), meta: { signedIn: true } },
  { path: '/my/call/:id', component: () => import('@/feature/exchange/CallPage.vue'), props: true, meta: { signedIn: true } },
  { path: '/my/act/:sequence', component: () => import('@/feature/ledger/ActPage.vue'), props: true, meta: { signedIn: true } },
  { path: '/my/self', component: () => import('@/feature/identity/SelfPage.vue'), meta: { signedIn: true } },
  { path: '/admin/accounts', component: () => import('@/feature/identity/administration/AccountsPage.vue'), meta: { signedIn: true, verb: 'account.manage' } },
  { path: '/admin/posts', component: () => import('@/feature/identity/administration/PostsPage.vue'), meta: { signedIn: true, verb: 'role.manage' } },
  { path: '/admin/clients', component: () => import('@/feature/identity/administration/ClientsPage.vue'), meta: { signedIn: true, verb: 'client.manage' } },
  { path: '/denied', component: () => import('@/shell/DeniedPage.vue') },
  { path: '/:rest(.*)*', component: () => import('@/shell/MissingPage.vue') },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 }),
})

/** The address whose page could not be fetched: the server is away, or has been renewed since this page was opened. */
export const unfetched = shallowRef<string | null>(null)

router.onError((_error, to) => {
  unfetched.value = to.fullPath
})
router.afterEach(() => {
  unfetched.value = null
})

router.beforeEach((to) => {
  const person = account.value
  if (to.meta.signedIn && person === null) return { path: '/sign-in', query: { next: to.fullPath } }
  if (person?.must_change_password && to.path !== '/password' && to.path !== '/') return '/password'
  if (to.meta.verb && !can(to.meta.verb)) return '/denied'
  return true
})
