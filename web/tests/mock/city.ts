// The invented city of the mock: organisations, accounts, datasets. Persons are synthetic (division 210199).
import type { Account, DatasetDetail, DemoAccount, Field, OrganisationDetail } from '../../src/api/types'

export const officerVerbs = ['dataset.read', 'dataset.collect', 'application.create', 'application.decide', 'grant.read', 'grant.collect', 'grant.revoke', 'gateway.monitor', 'ledger.read']

const departments: [string, string, string, string][] = [
  ['sy-gaj', '沈阳市公安局', '市公安局', 'Public Security Bureau'],
  ['sy-rsj', '沈阳市人力资源和社会保障局', '市人社局', 'Human Resources and Social Security Bureau'],
  ['sy-mzj', '沈阳市民政局', '市民政局', 'Civil Affairs Bureau'],
  ['sy-scj', '沈阳市市场监督管理局', '市市场监管局', 'Market Regulation Administration'],
  ['sy-zrj', '沈阳市自然资源局', '市自然资源局', 'Natural Resources Bureau'],
  ['sy-wjw', '沈阳市卫生健康委员会', '市卫健委', 'Health Commission'],
  ['sy-jyj', '沈阳市教育局', '市教育局', 'Education Bureau'],
  ['sy-ybj', '沈阳市医疗保障局', '市医保局', 'Healthcare Security Administration'],
  ['sy-fgj', '沈阳市房产局', '市房产局', 'Housing Administration'],
  ['sy-sjj', '沈阳市数据局', '市数据局', 'Data Administration'],
]
const districts: [string, string, number, number][] = [
  ['210102', '和平区', 845_210, 62_310],
  ['210103', '沈河区', 822_905, 58_774],
  ['210104', '大东区', 733_120, 31_882],
  ['210105', '皇姑区', 902_337, 36_410],
  ['210106', '铁西区', 1_226_530, 55_019],
  ['210111', '苏家屯区', 420_118, 17_205],
  ['210112', '浑南区', 638_422, 48_960],
  ['210113', '沈北新区', 468_903, 22_846],
  ['210114', '于洪区', 861_774, 33_127],
  ['210115', '辽中区', 361_250, 9_845],
  ['210123', '康平县', 259_408, 5_316],
  ['210124', '法库县', 301_977, 6_204],
  ['210181', '新民市', 552_640, 11_370],
]

export const districtFigures = districts.map(([code6, name, people, enterprises]) => ({ code6, name, name_en: '', people, enterprises }))

export const organisations: OrganisationDetail[] = [
  organisation('sy-zf', '沈阳市人民政府', '市政府', "Municipal People's Government", '', '210100000000', 'government', departments.length + districts.length),
  ...departments.map(([code, name, short, english]) => organisation(code, name, short, english, 'sy-zf', '210100000000', 'department', code === 'sy-gaj' ? 2 : 0)),
  organisation('sy-gaj-hz', '沈阳市公安局户政管理支队', '户政支队', 'Household Registration Division', 'sy-gaj', '210100000000', 'department', 0),
  organisation('sy-gaj-jj', '沈阳市公安局交通警察支队', '交警支队', 'Traffic Police Division', 'sy-gaj', '210100000000', 'department', 0),
  ...districts.map(([code, name]) => organisation(`q-${code}`, `沈阳市${name}人民政府`.replace(/沈阳市(新民市|康平县|法库县)/, '$1'), `${name}政府`, `Government of ${code}`, 'sy-zf', `${code}000000`, 'district', 0)),
]

function organisation(code: string, name: string, short_name: string, name_en: string, parent: string, division: string, kind: string, children: number): OrganisationDetail {
  const posts = [
    { code: 'data-officer', name: '数据专员', name_en: 'Data officer' },
    { code: 'reviewer', name: '审批岗', name_en: 'Reviewer' },
  ]
  return { code, name, name_en, short_name, credit_code: `1121010${String([...code].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7) % 1e10).padStart(10, '0')}`, parent, division, kind, children, posts }
}

function field(code: string, name: string, name_en: string, type: Field['type'], level: number, more: Partial<Field> = {}): Field {
  return { code, name, name_en, type, length: 0, scale: 0, required: false, check: '', codes: '', level, mask: '', standard: '', searchable: false, ...more }
}

export const datasets: DatasetDetail[] = [
  dataset('population', '人口基础信息', 'Basic population register', 'population', 'sy-gaj', '本市户籍人口的基本登记信息，一人一条。', 3, 198_412, ['id_number'], 'id_number', [
    field('id_number', '公民身份号码', 'Identity number', 'text', 3, { length: 18, required: true, check: 'identity_number', mask: 'identity_number', standard: 'GB 11643-1999' }),
    field('name', '姓名', 'Name', 'text', 3, { length: 50, required: true, mask: 'name', standard: 'GB/T 39046-2020' }),
    field('sex', '性别', 'Sex', 'code', 2, { length: 1, required: true, codes: 'sex', standard: 'GB/T 2261.1-2003' }),
    field('ethnicity', '民族', 'Ethnicity', 'code', 2, { length: 2, codes: 'ethnicity', standard: 'GB/T 3304-1991' }),
    field('born', '出生日期', 'Born', 'date', 2, { required: true, standard: 'GB/T 7408' }),
    field('address', '户籍地址', 'Registered address', 'text', 3, { length: 200, mask: 'address' }),
    field('community', '所属社区', 'Community', 'code', 1, { length: 12, codes: 'division', standard: 'GB/T 2260' }),
    field('phone', '联系电话', 'Telephone', 'text', 3, { length: 20, mask: 'mobile' }),
    field('registered', '登记日期', 'Registered on', 'date', 1),
  ]),
  dataset('household', '户籍家庭信息', 'Households', 'population', 'sy-gaj', '户号、户主与家庭成员关系。', 3, 76_230, ['household_number'], null, [
    field('household_number', '户号', 'Household number', 'text', 2, { length: 12, required: true }),
    field('head', '户主身份号码', "Head's identity number", 'text', 3, { length: 18, mask: 'identity_number' }),
    field('members', '人数', 'Members', 'integer', 1),
  ]),
  dataset('social_insurance', '社会保险参保信息', 'Social insurance', 'employment', 'sy-rsj', '参加各项社会保险的单位、险种与状态。', 3, 142_880, ['id_number'], 'id_number', [
    field('id_number', '公民身份号码', 'Identity number', 'text', 3, { length: 18, required: true, mask: 'identity_number' }),
    field('employer', '参保单位', 'Employer', 'text', 2, { length: 100 }),
    field('state', '参保状态', 'State', 'code', 2, { length: 1, codes: 'insurance_state' }),
    field('since', '参保日期', 'Since', 'date', 1),
  ]),
  dataset('legal_entity', '法人基础信息', 'Legal entities', 'legal', 'sy-scj', '在本市登记的企业与其他法人的基本信息。', 2, 398_268, ['credit_code'], null, [
    field('credit_code', '统一社会信用代码', 'Unified social credit code', 'text', 1, { length: 18, required: true, check: 'credit_code', standard: 'GB 32100-2015' }),
    field('name', '名称', 'Name', 'text', 1, { length: 100, required: true }),
    field('representative', '法定代表人', 'Representative', 'text', 2, { length: 50, mask: 'name' }),
    field('industry', '行业', 'Industry', 'code', 1, { codes: 'industry', standard: 'GB/T 4754-2017' }),
    field('capital', '注册资本', 'Capital', 'money', 1),
  ]),
  dataset('marriage', '婚姻登记信息', 'Marriages', 'civil', 'sy-mzj', '结婚、离婚登记的结果信息。', 4, 51_207, ['certificate'], null, [
    field('certificate', '证件字号', 'Certificate', 'text', 3, { length: 20, required: true }),
    field('state', '登记类别', 'Kind', 'code', 3, { codes: 'marriage' }),
    field('registered', '登记日期', 'Registered on', 'date', 2),
  ]),
  dataset('estate', '不动产登记信息', 'Real estate', 'space', 'sy-zrj', '不动产单元、权利人与权利类型。', 4, 310_554, ['unit'], null, [
    field('unit', '不动产单元号', 'Unit number', 'text', 2, { length: 28, required: true, standard: 'GB/T 37346-2019' }),
    field('owner', '权利人', 'Owner', 'text', 4, { mask: 'name' }),
    field('area', '面积（平方米）', 'Area (m²)', 'decimal', 2, { length: 12, scale: 2 }),
  ]),
  dataset('dishonest', '严重失信主体名单', 'Seriously dishonest entities', 'credit', 'sy-sjj', '依法认定的严重失信主体，向社会公开。', 1, 1_284, ['credit_code'], null, [
    field('credit_code', '统一社会信用代码', 'Unified social credit code', 'text', 1, { length: 18, required: true }),
    field('reason', '列入事由', 'Reason', 'text', 1, { length: 200 }),
    field('listed', '列入日期', 'Listed on', 'date', 1),
  ]),
]

function dataset(code: string, name: string, name_en: string, registry: string, provider: string, description: string, level: number, records: number, key: string[], subject: string | null, fields: Field[]): DatasetDetail {
  return {
    code, name, name_en, registry, provider, description, level, records, key, fields,
    provider_name: organisations.find((one) => one.code === provider)!.name,
    updated_at: '2026-11-20T02:30:00Z', may_collect: false, may_browse: false,
    subject: subject ? { kind: 'person', field: subject } : null,
  }
}

export const registries = [
  ['population', '人口基础库', 'Population', 'base'],
  ['legal', '法人基础库', 'Legal entities', 'base'],
  ['space', '自然资源和空间地理基础库', 'Natural resources and space', 'base'],
  ['credit', '信用基础库', 'Credit', 'base'],
  ['employment', '就业社保主题库', 'Employment', 'theme'],
  ['civil', '民政主题库', 'Civil affairs', 'theme'],
].map(([code, name, name_en, kind]) => {
  const inside = datasets.filter((one) => one.registry === code)
  return { code, name, name_en, kind, description: name, datasets: inside.length, records: inside.reduce((sum, one) => sum + one.records, 0) }
})

export const password = 'demo-only-loopback'
export const accounts: Account[] = [
  account('1', 'police-data', '公安局数据管理员', 'officer', 'sy-gaj', '数据专员', officerVerbs),
  account('2', 'human-resources', '人社局业务员', 'officer', 'sy-rsj', '数据专员', officerVerbs),
  account('3', 'market-data', '市场监管局数据管理员', 'officer', 'sy-scj', '数据专员', officerVerbs.filter((verb) => verb !== 'ledger.read' && verb !== 'gateway.monitor')),
  account('4', 'citizen-1', '市民一', 'citizen', '', '', []),
  account('6', 'rule-officer', '数据局规则员', 'officer', 'sy-sjj', '规则员', ['rule.read', 'rule.draw', 'rule.evaluate', 'rule.case']),
  account('7', 'rule-publisher', '数据局审定员', 'officer', 'sy-sjj', '审定员', ['rule.read', 'rule.publish', 'rule.case']),
  account('5', 'first-day', '民政局新任专员', 'officer', 'sy-mzj', '数据专员', officerVerbs, true),
]

function account(id: string, name: string, display_name: string, kind: Account['kind'], organisation: string, post_name: string, permissions: string[], must_change_password = false): Account {
  const place = organisations.find((one) => one.code === organisation)
  return { id, name, display_name, kind, organisation, organisation_name: place?.name ?? '', post: post_name && 'data-officer', post_name, post_name_en: post_name && 'Data officer', permissions, must_change_password }
}

export const demoAccounts: DemoAccount[] = accounts
  .filter((one) => !one.must_change_password)
  .map((one) => ({ name: one.name, display_name: one.display_name, kind: one.kind, organisation: one.organisation, organisation_name: one.organisation_name, post_name: one.post_name, post_name_en: one.post_name_en, password }))

export const codeTables: Record<string, { code: string; name: string; standard: string; values: { code: string; name: string; name_en?: string }[] }> = {
  sex: { code: 'sex', name: '性别代码', standard: 'GB/T 2261.1-2003', values: [{ code: '0', name: '未知', name_en: 'Unknown' }, { code: '1', name: '男', name_en: 'Male' }, { code: '2', name: '女', name_en: 'Female' }, { code: '9', name: '未说明', name_en: 'Not stated' }] },
  division: { code: 'division', name: '行政区划代码', standard: 'GB/T 2260', values: [{ code: '210102019005', name: '和平区南湖街道文化路社区' }] },
  ethnicity: { code: 'ethnicity', name: '民族代码', standard: 'GB/T 3304-1991', values: ['汉', '蒙古', '回', '藏', '维吾尔', '苗', '彝', '壮', '布依', '朝鲜', '满'].map((name, index) => ({ code: String(index + 1).padStart(2, '0'), name: `${name}族` })) },
}

/** One synthetic person by number, the same every time. */
export function person(index: number): Record<string, string> {
  const surnames = '王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗'
  const given = ['桂兰', '建国', '晓雨', '志强', '淑英', '子涵', '丽华', '国庆', '思远', '玉梅', '浩然', '秀珍']
  const born = `19${String(40 + (index * 7) % 60).padStart(2, '0')}${String(1 + (index * 5) % 12).padStart(2, '0')}${String(1 + (index * 11) % 28).padStart(2, '0')}`
  const first = `210199${born}${String(index % 1000).padStart(3, '0')}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const check = '10X98765432'[[...first].reduce((sum, digit, at) => sum + Number(digit) * weights[at], 0) % 11]
  return {
    id_number: first + check,
    name: surnames[index % surnames.length] + given[index % given.length],
    sex: index % 2 ? '1' : '2',
    ethnicity: index % 7 === 3 ? '11' : '01',
    born: `${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6)}`,
    address: `沈阳市和平区南湖街道文化路${index + 1}号`,
    community: '210102019005',
    phone: `139${String(40000000 + index * 7919).slice(-8)}`,
    registered: '2019-05-06',
  }
}

export function masked(field: Field, value: string): string {
  if (field.mask === 'identity_number') return `${value.slice(0, 6)}********${value.slice(-4)}`
  if (field.mask === 'name') return `${value.slice(0, 1)}${'*'.repeat(Math.max(1, value.length - 1))}`
  if (field.mask === 'mobile') return `${value.slice(0, 3)}****${value.slice(-4)}`
  if (field.mask === 'address') return `${value.slice(0, 6)}******`
  return value
}
