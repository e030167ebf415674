// Every page of the application with who looks at it: for the screenshots and for the accessibility check.
import type { startMock } from '../mock/server'
import { password } from '../mock/city'

export type Mock = Awaited<ReturnType<typeof startMock>>

export interface Place {
  name: string
  path: string
  who: keyof typeof people | null
  /** pressed before the picture, by its words in Chinese */
  press?: string
  /** looks like this in a wide window only */
  wide?: true
}

export const people = {
  police: { name: 'police-data', password },
  social: { name: 'human-resources', password },
  citizen: { name: 'citizen-1', password },
  rules: { name: 'rule-officer', password },
  publisher: { name: 'rule-publisher', password },
  fresh: { name: 'first-day', password },
}

export function placesOf({ exchange, ledger }: Mock): Place[] {
  const grant = exchange.grants.at(-1)!
  const call = exchange.calls.find((one) => one.sealed)!
  const mine = exchange.accessesOf('0')[0]
  const waiting = exchange.applications.find((one) => one.state === 'submitted')!
  const refused = exchange.applications.find((one) => one.state === 'refused')!
  return [
    { name: 'front', path: '/', who: null },
    { name: 'sign-in', path: '/sign-in', who: null },
    { name: 'password', path: '/password', who: 'fresh' },
    { name: 'desk', path: '/desk', who: 'police' },
    { name: 'datasets', path: '/datasets', who: 'police' },
    { name: 'dataset', path: '/datasets/population', who: 'police' },
    { name: 'records', path: '/datasets/population?tab=records', who: 'police' },
    { name: 'upload', path: '/datasets/population?tab=collect', who: 'police' },
    { name: 'batches', path: '/batches', who: 'police' },
    { name: 'batch', path: '/batches/100001', who: 'police' },
    { name: 'catalogue', path: '/catalogue', who: null },
    { name: 'catalogue-entry', path: '/catalogue/population', who: 'social' },
    { name: 'apply', path: '/catalogue/population', who: 'social', press: '申请使用' },
    { name: 'applications', path: '/applications', who: 'social' },
    { name: 'application-waiting', path: `/applications/${waiting.id}`, who: 'police' },
    { name: 'decide', path: `/applications/${waiting.id}`, who: 'police', press: '审批' },
    { name: 'application-refused', path: `/applications/${refused.id}`, who: 'social' },
    { name: 'grants', path: '/grants?role=provider', who: 'police' },
    { name: 'grant', path: `/grants/${grant.id}`, who: 'police' },
    { name: 'monitor', path: '/monitor', who: 'police' },
    { name: 'call', path: `/calls/${call.id}`, who: 'police' },
    { name: 'acts', path: '/ledger/acts', who: 'police' },
    { name: 'act', path: `/ledger/acts/${ledger.acts.length - 2}`, who: 'police' },
    { name: 'checkpoints', path: '/ledger/checkpoints', who: null, press: '现在核对' },
    { name: 'organisations', path: '/organisations', who: 'police' },
    { name: 'organisation', path: '/organisations/sy-gaj', who: 'police' },
    { name: 'rules', path: '/rules', who: 'rules' },
    { name: 'rule', path: '/rules/elder-care', who: 'rules', press: '试算' },
    { name: 'rule-graph', path: '/rules/elder-care', who: 'rules', press: '决策图', wide: true },
    { name: 'rule-expression', path: '/rules/elder-care', who: 'rules', press: '全年补贴', wide: true },
    { name: 'rule-cases', path: '/rules/elder-care?tab=cases', who: 'rules', press: '全部运行' },
    { name: 'rule-check', path: '/rules/elder-care?tab=check', who: 'rules' },
    { name: 'rule-versions', path: '/rules/elder-care?tab=versions', who: 'publisher' },
    { name: 'rule-publish', path: '/rules/street-light', who: 'publisher', press: '发布…' },
    { name: 'rule-reading', path: '/rules/elder-care/reading', who: 'publisher' },
    { name: 'my', path: '/my', who: 'citizen' },
    { name: 'my-call', path: `/my/call/${mine.id}`, who: 'citizen' },
    { name: 'my-self', path: '/my/self', who: 'citizen' },
    { name: 'missing', path: '/no-such-page', who: null },
  ]
}
