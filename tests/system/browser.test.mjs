// The story of a shared record as people live it: Chromium against the real program, from the upload to the proof that the browser computes.
// Every page on the way is checked by axe, and the browser may neither complain nor speak to another host.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from '../../web/node_modules/playwright-core/index.mjs';
import { Installation, source } from './shu.mjs';

const web = join(source, 'web');
const dist = join(web, 'dist');
const axe = readFileSync(join(web, 'node_modules/axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const pictures = process.env.SHU_SCREENSHOTS;  // a folder, to look at the pages of the walk
const purpose = '核验失业登记人员身份';
const citizen = '210199198512310030';
const complaints = [];
let installation, server, browser, application, curl;

before(async () => {
  if (!isBuilt()) execFileSync('npm', ['run', '--silent', 'build'], { cwd: web, stdio: ['ignore', 'ignore', 'inherit'] });
  if (pictures) mkdirSync(pictures, { recursive: true });
  installation = new Installation(2000);
  server = await installation.serve(['--web', dist]);
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
});

after(async () => {
  await browser?.close();
  await server?.stop();
  installation?.remove();
});

/// True if dist/ is newer than everything that it is made of.
function isBuilt() {
  if (!existsSync(join(dist, 'index.html'))) return false;
  const built = statSync(join(dist, 'index.html')).mtimeMs;
  const files = ['src', 'public'].flatMap((folder) => readdirSync(join(web, folder), { recursive: true }).map((name) => join(web, folder, name)));
  return [...files, join(web, 'index.html'), join(web, 'package.json')].every((file) => statSync(file).mtimeMs <= built);
}

/// A window of its own, signed in by one click among the demonstration accounts.
async function as(person, width = 1440) {
  const context = await browser.newContext({ baseURL: server.url, viewport: { width, height: 900 }, reducedMotion: 'reduce', locale: 'zh-CN' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(`${person}, ${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${person}, ${page.url()}: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== server.url && protocol !== 'blob:') complaints.push(`request to another host: ${request.url()}`);
  });
  await page.goto('/sign-in');
  await page.locator('.demo button', { hasText: person }).first().waitFor();
  await look(page, 'sign-in');
  await page.locator('.demo button', { hasText: person }).first().click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  return page;
}

/// The page is loaded, fits its window, and axe finds nothing.
async function look(page, name) {
  await page.waitForSelector('h1');
  await page.waitForFunction(() => !document.querySelector('.skeleton') && !document.querySelector('.maps.waiting'));
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), rules);
  assert.deepEqual(violations.map((fault) => `${name}: ${fault.id} ${fault.nodes[0].target.join(' ')}`), []);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(sideways <= 0, `${name} scrolls sideways by ${sideways} px`);
}

async function proved(page, name) {
  await page.waitForSelector('.proof.good');
  await look(page, name);
  await page.getByRole('switch').check();
  await page.waitForSelector('.proof.bad');
  await page.getByRole('switch').uncheck();
  await page.waitForSelector('.proof.good');
}

test('the front page shows the city', async () => {
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('heading', { name: '沈阳数字政府' }).waitFor();
  await page.getByText('城市签名已由本浏览器验证').first().waitFor();
  await look(page, 'front');
  await context.close();
});

test('the police officer uploads a file: 190 rows come in, 10 are held back with their reasons', async () => {
  const page = await as('公安局数据管理员');
  await look(page, 'desk');
  await page.getByRole('navigation').getByRole('link', { name: '数据集' }).click();
  await page.getByRole('heading', { name: '数据集', exact: true }).waitFor();
  await look(page, 'datasets');
  await page.getByRole('link', { name: '人口基础信息' }).click();
  await page.getByRole('tab', { name: '上传数据' }).click();
  await look(page, 'upload');
  await page.setInputFiles('input[type=file]', join(installation.data, 'samples/population.csv'));
  await page.getByRole('button', { name: '上传并检查' }).click();
  await page.getByText('完成，10 行被隔离').waitFor();
  await page.getByRole('heading', { name: '被隔离的行' }).waitFor();
  const figures = await page.locator('dl.figures').innerText();
  assert.match(figures, /新增\s*190/);
  assert.match(figures, /隔离\s*10/);
  assert.equal(await page.locator('tbody tr').count(), 10);
  for (const reason of await page.locator('tbody td[data-label=原因]').allInnerTexts()) assert.match(reason, /\p{Script=Han}{3}/u);
  await look(page, 'batch');
  await page.goto('/datasets/population?tab=records');
  await page.getByRole('table').waitFor();
  await look(page, 'records');
  const name = await page.locator('tbody td[data-label=姓名]').first().innerText();
  await page.getByLabel('按哪个字段').selectOption({ label: '姓名' });
  await page.getByLabel(/^姓名/).fill(name);
  await page.getByRole('button', { name: '查找' }).click();
  await page.waitForFunction((wanted) => [...document.querySelectorAll('tbody td[data-label=姓名]')].every((cell) => cell.innerText === wanted), name);
  await page.goto('/datasets/population?tab=collect');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: '样例文件 CSV', exact: true }).click();
  const sample = await (await download).path();
  await page.setInputFiles('input[type=file]', { name: '样例.csv', mimeType: 'text/csv', buffer: readFileSync(sample) });
  await page.getByRole('button', { name: '上传并检查' }).click();
  await page.getByText('没有被隔离的行').waitFor();
  await page.context().close();
});

test('human resources finds it in the catalogue and applies for three fields', async () => {
  const page = await as('人社局业务员');
  await page.getByRole('link', { name: '数据目录' }).click();
  await page.getByRole('heading', { name: '数据目录', exact: true }).waitFor();
  await look(page, 'catalogue');
  await page.getByRole('link', { name: '人口基础信息' }).click();
  await page.getByRole('button', { name: '申请使用' }).waitFor();
  await look(page, 'catalogue-entry');
  await page.getByRole('button', { name: '申请使用' }).click();
  for (const field of ['公民身份号码', '姓名', '移动电话']) await page.getByRole('dialog').getByLabel(field).check();
  await page.getByLabel('用途').fill(purpose);
  await page.getByLabel('依据').fill('失业登记（事项编码 002014001000）');
  await look(page, 'apply');
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.waitForURL(/\/applications\/\d+$/);
  await page.getByText('待审批').waitFor();
  await look(page, 'application');
  application = new URL(page.url()).pathname;
  await page.context().close();
});

test('the police officer finds it on the desk and approves', async () => {
  const page = await as('公安局数据管理员');
  await page.getByRole('link', { name: /人力资源和社会保障局 申请/ }).click();
  await page.waitForURL((url) => url.pathname === application);
  await page.getByRole('button', { name: '审批' }).click();
  await page.getByLabel('意见').fill('依法履职需要');
  await look(page, 'decide');
  await page.getByRole('button', { name: '同意', exact: true }).click();
  await page.getByText('已同意').waitFor();
  await look(page, 'application-approved');
  await page.context().close();
});

test('an application for some rows only is read in words by whoever decides', async () => {
  const page = await as('人社局业务员');
  await page.goto('/catalogue/population');
  await page.getByRole('button', { name: '申请使用' }).click();
  await page.getByRole('dialog').getByLabel('姓名').check();
  await page.getByLabel('用途').fill('妇女两癌筛查通知');
  await page.getByLabel('依据').fill('妇女权益保障法第三十一条');
  await page.getByLabel('需要哪些行').selectOption('gender');
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.getByText('请给出这个字段的值').waitFor();
  await page.getByLabel('值', { exact: true }).selectOption('2');
  await look(page, 'apply-rows');
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.waitForURL(/\/applications\/\d+$/);
  const { pathname } = new URL(page.url());
  await page.context().close();
  const decider = await as('公安局数据管理员');
  await decider.goto(pathname);
  await decider.getByText('只限“性别”为 女性 (2) 的行').waitFor();
  await decider.getByRole('button', { name: '审批' }).click();
  await decider.getByRole('dialog').getByText('只限“性别”为 女性 (2) 的行').waitFor();
  await look(decider, 'decide-rows');
  await decider.context().close();
});

test('human resources sees the credentials once, and the line answers masked rows in a terminal', async () => {
  const page = await as('人社局业务员');
  await page.goto(application);
  await page.getByRole('link', { name: '查看授权' }).click();
  await page.getByRole('button', { name: '取得凭据' }).click();
  await page.getByText('密钥只显示这一次').waitFor();
  await look(page, 'grant');
  curl = await page.locator('pre code').innerText();
  await page.reload();
  await page.getByText('凭据已被取走').waitFor();
  assert.equal(await page.locator('pre').count(), 0);
  await page.context().close();
  const rows = run(curl).items;
  assert.equal(rows.length, 1);
  assert.deepEqual(Object.keys(rows[0]).sort(), ['id_number', 'mobile', 'name']);
  assert.match(rows[0].id_number, /\*{4,}/);
  assert.match(rows[0].mobile, /\*{4}/);
});

test('the data bureau sees the next call as it happens, and its browser proves it', async () => {
  const page = await as('数据局值守员');
  await page.getByRole('link', { name: '网关实况' }).first().click();
  await page.getByText('实时', { exact: true }).waitFor();
  await page.getByText(purpose).first().waitFor();
  const before = await page.locator('tbody tr').count();
  const example = curl.match(/id_number=(\w+)/)[1];
  assert.equal(run(curl.replaceAll(example, citizen)).items.length, 1);
  await page.waitForFunction((rows) => document.querySelectorAll('tbody tr').length > rows, before);
  await look(page, 'monitor');
  await page.locator('tbody tr', { hasText: purpose }).first().getByRole('link').first().click();
  await proved(page, 'call');
  await page.goto('/ledger/acts');
  await look(page, 'acts');
  await page.context().close();
});

test('the citizen sees on a telephone who read what and why, and proves it', async () => {
  const page = await as('市民一', 390);
  await page.waitForURL(/\/my$/);
  await page.getByText(purpose).first().waitFor();
  await page.getByRole('heading', { name: '沈阳市人力资源和社会保障局查阅了您的《人口基础信息》' }).first().waitFor();
  await look(page, 'my');
  await page.locator('article', { hasText: purpose }).first().getByRole('link', { name: '亲手核验' }).click();
  await proved(page, 'my-call');
  await page.context().close();
});

test('an officer who looks the citizen up in person is seen and proved too', async () => {
  const police = await as('公安局数据管理员');
  await police.goto('/datasets/population?tab=records');
  await police.getByLabel('按主键查找（整个号码，或开头几位）').fill(citizen);
  await police.getByRole('button', { name: '查找' }).click();
  await police.locator('tbody tr').first().waitFor();
  await police.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await police.context().close();
  const page = await as('市民一', 390);
  const card = page.locator('article', { hasText: '沈阳市公安局' }).first();
  await page.waitForFunction(async () => document.body.innerText.includes('沈阳市公安局') || void location.reload(), null, { polling: 1000 });
  await card.getByRole('link', { name: '亲手核验' }).click();
  await proved(page, 'my-act');
  await page.context().close();
});

/// Ninety-five years old whenever this runs, and midnight of the day after tomorrow on the city's clock.
const born = `${new Date().getUTCFullYear() - 95}-01-01`;
const start = new Date(Date.now() + 2 * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
const afterStart = new Date(Date.parse(`${start}T01:00:00+08:00`)).toISOString();

/// What a person does in the form of a decision.
async function tryAllowance(page) {
  await page.getByLabel('要算哪个决策').selectOption('每月标准');
  await page.getByLabel('出生日期').fill(born);
  await page.getByLabel('户籍地').selectOption({ label: '本市' });
  await page.getByLabel('是否健在').selectOption({ label: '是' });
  await page.getByLabel('收入情况').selectOption({ label: '一般' });
  await page.getByRole('button', { name: '试算', exact: true }).click();
}

/// The same question from a program, as of an instant or now.
function allowance(page, at) {
  const question = { decision: '每月标准', input: { 出生日期: born, 户籍地: '本市', 是否健在: true, 收入情况: '一般' }, ...(at ? { at } : {}) };
  return page.evaluate(async (body) => {
    const answer = await fetch('/api/rules/elderly-allowance/decision', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    return answer.ok ? (await answer.json()).output : `${answer.status} ${await answer.text()}`;
  }, question);
}

test('an official changes a cell of a decision table, tries it, sees why, and saves it with a test case', async () => {
  const page = await as('数据局规则绘制员');
  await page.getByRole('navigation').getByRole('link', { name: '决策规则' }).first().click();
  await page.getByText('2026-01-01').first().waitFor();
  await look(page, 'rules');
  await page.getByRole('link', { name: '高龄津贴' }).click();
  await page.getByRole('button', { name: '每月标准', exact: true }).click();
  await tryAllowance(page);
  await page.locator('.output', { hasText: '200' }).waitFor();
  await page.locator('[data-element-id=amount_rule_5_output]').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('260');
  await page.keyboard.press('Tab');
  await page.locator('.output', { hasText: '260' }).waitFor();
  const why = await page.locator('.why').innerText();
  assert.match(why, /第 5 行命中/);
  assert.match(why, /第 6 行：周岁 要求 >= 100，而给出的是 9\d/);
  assert.match(await page.locator('[data-row-id=amount_rule_5].rule-index').evaluate((index) => getComputedStyle(index, '::before').content), /✓/);
  await look(page, 'rule-tried');
  await page.getByRole('button', { name: '存为案例' }).click();
  await page.getByRole('button', { name: '全部运行' }).click();
  await page.getByText('8 个全部通过').waitFor();  // seven of the city folder
  await page.getByRole('button', { name: '保存草稿' }).click();
  await page.getByText('草稿已保存，由有发布权的同事核对后发布。').waitFor();
  await look(page, 'rule-cases');
  assert.equal(await page.getByRole('button', { name: '发布…' }).count(), 0);
  await page.context().close();
});

test('a mistake in a cell is named with its place, and a click leads there', async () => {
  const page = await as('数据局规则绘制员');
  await page.goto('/rules/dust-penalty-discretion?tab=check');
  await page.getByRole('button', { name: '违法程度', exact: true }).click();
  const cell = page.locator('td.input-cell[data-element-id]').nth(1);
  const id = await cell.getAttribute('data-element-id');
  await cell.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('>= >=');
  await page.keyboard.press('Tab');
  const mistake = page.locator('.beside .entry').first();
  await mistake.waitFor();
  await look(page, 'rule-mistake');
  await page.getByRole('button', { name: '决策图' }).click();
  await mistake.click();
  await page.waitForFunction((wanted) => document.activeElement?.closest(`[data-element-id="${wanted}"]`) !== null, id);
  await page.context().close();
});

test('another official publishes it from a date, and a program gets the new answer from then on', async () => {
  const program = await as('数据局规则绘制员');
  assert.equal(await allowance(program), 200);
  const page = await as('数据局规则发布员');
  await page.goto('/rules/elderly-allowance');
  await tryAllowance(page);
  await page.locator('.output', { hasText: '260' }).waitFor();
  await look(page, 'rule-to-publish');
  await page.getByRole('tab', { name: '版本' }).click();
  await page.getByRole('button', { name: '用以往案例推演…' }).click();
  await page.getByRole('button', { name: '开始推演' }).click();
  await page.getByRole('dialog').locator('tbody tr').first().waitFor();
  assert.match(await page.getByRole('dialog').locator('tbody tr').first().innerText(), /200\s+260/);
  await look(page, 'rule-replay');
  await page.getByRole('button', { name: '关闭', exact: true }).click();
  await page.getByRole('button', { name: '发布…' }).click();
  await page.getByLabel('指定时间').check();
  await page.getByLabel('生效时间（城市时间）').fill(`${start}T00:00`);
  await page.getByLabel('为什么改').fill('提高九十岁以上老人的标准');
  await page.getByRole('dialog').getByText('8 个全部通过').waitFor();
  await look(page, 'rule-publish');
  await page.getByRole('button', { name: '发布', exact: true }).click();
  await page.getByText(`第 2 版将于 ${start} 00:00 生效`).waitFor();
  await page.getByText('数据局规则绘制员 起草，数据局规则发布员 发布').waitFor();
  await look(page, 'rule-versions');
  assert.equal(await allowance(program), 200);
  assert.equal(await allowance(program, afterStart), 260);
  await page.goto('/rules/elderly-allowance/reading?version=2');
  await page.getByText('提高九十岁以上老人的标准').waitFor();
  await page.locator('td', { hasText: '260' }).first().waitFor();
  await look(page, 'rule-reading');
  await page.goto('/rules/elderly-allowance?tab=versions');
  await page.getByRole('button', { name: '取消此版 第 2 版' }).click();
  await page.getByRole('button', { name: '取消此版', exact: true }).click();
  await page.getByText('请写明原因。').waitFor();
  await page.getByLabel('为什么取消').fill('预算未批，明年再议');
  await look(page, 'rule-cancel');
  await page.getByRole('dialog').getByRole('button', { name: '取消此版', exact: true }).click();
  await page.getByText('取消：预算未批，明年再议').waitFor();
  await look(page, 'rule-cancelled');
  assert.equal(await allowance(program, afterStart), 200);
  await program.context().close();
  await page.context().close();
});

test('the system administrator makes an account whose password is shown once, and locks it', async () => {
  const page = await as('系统管理员');
  await page.getByRole('navigation').getByRole('link', { name: '账号' }).first().click();
  await page.getByRole('heading', { name: '账号', exact: true }).waitFor();
  await look(page, 'accounts');
  await page.getByRole('button', { name: '新建账号' }).click();
  await page.getByRole('button', { name: '建立' }).click();
  await page.getByText('请选择岗位。').waitFor();
  await page.getByRole('dialog').getByLabel('登录名').fill('li.ming');
  await page.getByRole('dialog').getByLabel('姓名').fill('李明');
  await page.getByRole('dialog').getByLabel('岗位').selectOption('civil-affairs-data');
  await look(page, 'account-new');
  await page.getByRole('button', { name: '建立' }).click();
  await page.getByText('这个口令只显示这一次').waitFor();
  const password = await page.locator('dd code').nth(1).innerText();
  await page.getByRole('button', { name: '我已记下' }).click();
  assert.equal((await server.signIn('li.ming', password)).cookie.startsWith('shu_session='), true);
  const row = page.locator('tbody tr', { hasText: 'li.ming' });
  await row.getByRole('button', { name: '锁定' }).click();
  await page.getByLabel('理由').fill('离岗');
  await look(page, 'account-lock');
  await page.getByRole('dialog').getByRole('button', { name: '锁定' }).click();
  await row.getByText('已锁定').waitFor();
  assert.equal((await server.visitor().post('/api/session', { name: 'li.ming', password })).status, 401);
  assert.equal(await page.getByRole('navigation').getByRole('link', { name: '岗位与权限' }).count(), 0);
  await page.context().close();
});

test('the security administrator assigns a post and renews a secret that is shown once', async () => {
  const page = await as('安全管理员', 390);
  await page.goto('/admin/posts');
  await page.getByLabel('按岗位名称').fill('education-business');
  await page.getByRole('button', { name: '查找' }).click();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await look(page, 'posts');
  await page.getByRole('button', { name: '指派' }).click();
  await page.getByRole('dialog').getByLabel('审计员', { exact: true }).check();
  await page.getByLabel('范围不超过').selectOption('own');
  await page.getByLabel('理由').fill('参加专项审计');
  await look(page, 'assign');
  await page.getByRole('dialog').getByRole('button', { name: '指派', exact: true }).click();
  await page.getByText('另行指派').waitFor();
  await page.goto('/admin/clients');
  await page.getByRole('button', { name: '换发密钥' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: '换发密钥' }).click();
  await page.getByText('密钥只显示这一次').waitFor();
  await look(page, 'client-secret');
  await page.getByRole('button', { name: '我已记下' }).click();
  await look(page, 'clients');
  await page.goto('/admin/accounts');
  await page.waitForURL(/\/denied$/);
  await page.context().close();
});

test('the browser complained of nothing and asked nobody else', () => {
  assert.deepEqual(complaints, []);
});

test('a server that has gone away is said, not hidden', async () => {
  const context = await browser.newContext({ baseURL: server.url, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto('/');
  await page.locator('.now dd').first().waitFor();
  await server.stop();
  await page.getByRole('navigation').getByRole('link', { name: '机构' }).click();
  await page.getByRole('alert').getByText('暂时连不上服务器').waitFor();
  await look(page, 'stopped');
  await context.close();
});

/// What a person would paste into a terminal.
function run(line) {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
