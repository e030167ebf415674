// The life of a decision: drawn, checked, tried, published from an instant on, used by a program, run again over what was decided, rolled back.
// The server is killed in between and keeps what it acknowledged.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, until } from './shu.mjs';

let installation, server, officer, publisher, program, stranger;
const code = 'rent-allowance';

const rule = (id, test, amount) =>
  `<rule id="${id}"><inputEntry id="${id}i"><text>${test}</text></inputEntry><outputEntry id="${id}o"><text>${amount}</text></outputEntry></rule>`;

function model(low, high, second = '&gt;= 3') {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="租房补贴" namespace="urn:test:rent">
  <inputData id="people" name="家庭人数"><variable id="people_v" name="家庭人数" typeRef="number"/></inputData>
  <decision id="amount" name="每月补贴"><variable id="amount_v" name="每月补贴" typeRef="number"/>
    <informationRequirement id="need"><requiredInput href="#people"/></informationRequirement>
    <decisionTable id="table" hitPolicy="UNIQUE"><input id="column"><inputExpression id="expression" typeRef="number"><text>家庭人数</text></inputExpression></input><output id="out" name="每月补贴" typeRef="number"/>
      ${rule('r1', '&lt; 3', low)}
      ${rule('r2', second, high)}
    </decisionTable>
  </decision>
</definitions>`;
}

async function signIn() {
  officer = await server.signIn('rule-officer');
  publisher = await server.signIn('rule-publisher');
  program = await server.signIn('benefits');
  stranger = await server.signIn('police-data');
}

async function killAndRestart() {
  await server.kill();
  server = await installation.serve();
  await signIn();
}

before(async () => {
  installation = new Installation(200);
  server = await installation.serve();
  await signIn();
});

after(async () => {
  await server?.stop();
  installation?.remove();
});

/// The request breaks a rule; sending it again changes nothing.
const isRefused = ({ status }) => status === 400 || status === 422;
const ask = (people, more = {}) => program.post(`/api/rules/${code}/decision`, { decision: '每月补贴', input: { 家庭人数: people }, ...more });
async function amount(people, more) {
  const { status, body } = await ask(people, more);
  assert.equal(status, 200, JSON.stringify(body));
  return body.output;
}
const shown = async () => (await officer.get(`/api/rules/${code}`)).body;
const publish = async (by, more = {}) => by.post(`/api/rules/${code}/publication`, { digest: (await shown()).draft.digest, note: '按年度标准', ...more });

test('the models of the city folder are in force and answer', async () => {
  const { items } = (await officer.get('/api/rules')).body;
  assert.ok(items.length >= 5, `${items.length} models`);
  assert.deepEqual(items.map((item) => item.errors), items.map(() => 0));
  assert.ok(items.every((item) => item.in_force === 1), JSON.stringify(items.map((item) => [item.code, item.in_force])));
  const answer = await program.post('/api/rules/talent-housing/decision', {
    decision: '补贴金额', at: '2026-06-30T09:00:00+08:00', explain: true, language: 'zh',
    input: { 学历: '博士', 出生日期: '1985-05-05', 社保连续缴纳月数: 12, 劳动合同年限: 5, 购房情况: '首套' },
  });
  assert.equal(answer.body.output, 70000, JSON.stringify(answer.body));
  assert.match(answer.body.text.zh, /✓ 第 1 条：适用/);
  assert.equal(answer.body.text.en, undefined);
  assert.ok(answer.body.case, 'the model declares that decisions are recorded');
  const other = await program.post('/api/rules/elderly-allowance/decision', { decision: '资格', input: {} });
  assert.equal(other.status, 404, 'a program asked a rule of another department');
});

test('drawing: mistakes are told by cell, tables are analysed, nothing is in force yet', async () => {
  const broken = (await officer.post('/api/rules/check', { xml: model('500', '800 元') })).body;
  assert.equal(broken.ok, false);
  assert.deepEqual(broken.problems.map(({ cell, element }) => [cell, element]), [['r2o', 'amount']]);
  const gap = (await officer.post('/api/rules/check', { xml: model('500', '800', '&gt; 3') })).body;
  assert.equal(gap.ok, true);
  assert.deepEqual(gap.findings.map(({ kind, cell, message }) => [kind, cell, message.zh]), [['gap', 'table', '当 家庭人数 = 3 时没有规则适用']]);
  assert.deepEqual(gap.inputs.map(({ name, type }) => [name, type.kind]), [['家庭人数', 'number']]);
  const torn = (await officer.post('/api/rules/check', { xml: '<definitions>\n<decision' })).body;
  assert.equal(torn.ok, false);
  assert.equal(torn.problems[0].line, 2);
  assert.ok(isRefused(await officer.post('/api/rules/check', {})));
  assert.equal((await stranger.post('/api/rules/check', { xml: model('1', '2') })).status, 403);

  assert.ok(isRefused(await officer.post('/api/rules', { code: 'Bad Code', name: 'x', xml: model('1', '2') })));
  assert.ok(isRefused(await officer.post('/api/rules', { code, name: '租房补贴', owner: 'human-resources', xml: '<html/>' })));
  const made = await officer.post('/api/rules', { code, name: '租房补贴', owner: 'human-resources', basis: '示例标准', xml: model('500', '800'), note: '初稿' });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.draft.may_publish, false);
  assert.equal(made.body.in_force, null);
  assert.equal((await officer.post('/api/rules', { code, name: '又一', xml: model('1', '2') })).status, 409);
  assert.equal((await ask(2)).status, 404);
});

test('trying: the draft explains itself before it is published', async () => {
  const { body } = await officer.post('/api/rules/evaluate', { code, draft: true, decision: '每月补贴', input: { 家庭人数: 4 }, explain: true });
  assert.equal(body.output, 800);
  assert.deepEqual(body.explanation[0].tables[0].rows, [
    { rule: 1, cell: 'r1', fired: false, failed: { input: 1, cell: 'r1i', name: '家庭人数', condition: '< 3', value: 4 } },
    { rule: 2, cell: 'r2', fired: true },
  ]);
  assert.match(body.text.en, /rule 1: does not apply, 家庭人数 is 4, which does not satisfy < 3/);
  const wrong = await officer.post('/api/rules/evaluate', { xml: model('1', '2'), decision: '每月补帖', input: {} });
  assert.ok(isRefused(wrong));
  assert.match(wrong.body.detail, /did you mean '每月补贴'/);
  assert.deepEqual((await officer.post('/api/rules/feel', { expression: '基数 * 2', context: { 基数: 1.5 } })).body, { value: 3, kind: 'number', text: '3', warnings: [] });
  assert.match((await officer.get(`/api/rules/${code}/draft.xml`)).body, /<text>800<\/text>/);
  const endless = await officer.post('/api/rules/feel', { expression: 'count(for i in 1..100000000 return i)' });
  assert.ok(isRefused(endless), 'an evaluation without end was not ended');
});

test('publishing needs another officer and the draft that was read, and survives kill -9', async () => {
  assert.equal((await publish(officer)).status, 403);
  const first = await publish(publisher);
  assert.equal(first.status, 201, JSON.stringify(first.body));
  assert.deepEqual([first.body.number, first.body.state, first.body.drawn_by], [1, 'in-force', '数据局规则绘制员']);
  await killAndRestart();
  assert.equal((await shown()).in_force, 1);
  assert.equal(await amount(2), 500);
});

test('programs are answered and their cases kept: every acknowledged one is there after kill -9', async () => {
  const acknowledged = new Set();
  let going = true;
  const workers = [...Array(4).keys()].map(async (worker) => {
    for (let i = 0; going; i++) {
      const answer = await ask(1 + ((worker + i) % 5), { record: true }).catch(() => null);
      if (answer?.status === 200) acknowledged.add(answer.body.case);
    }
  });
  await until('some cases are recorded', () => acknowledged.size > 60);
  const killed = server.kill();
  going = false;
  await Promise.all([killed, ...workers]);
  server = await installation.serve();
  await signIn();
  const kept = new Set();
  for (let cursor = ''; cursor !== null; ) {
    const { body } = await officer.get(`/api/rules/${code}/cases?limit=50${cursor && `&cursor=${cursor}`}`);
    for (const item of body.items) kept.add(item.id);
    cursor = body.next;
  }
  const lost = [...acknowledged].filter((id) => !kept.has(id));
  assert.deepEqual(lost, []);
  assert.equal((await program.get(`/api/rules/${code}/cases`)).status, 403);
});

test('a what-if run lists what would come out differently, also when the server dies meanwhile', async () => {
  const saved = await officer.call('PUT', `/api/rules/${code}/draft`, { xml: model('500', '900', '&gt;= 3'), note: '提高标准', replaces: '' });
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  assert.equal((await officer.call('PUT', `/api/rules/${code}/draft`, { xml: model('1', '2'), replaces: '' })).status, 409);
  const begun = await officer.post(`/api/rules/${code}/replays`, { draft: true });
  assert.equal(begun.status, 202, JSON.stringify(begun.body));
  await killAndRestart();
  const path = `/api/rules/${code}/replays/${begun.body.id}`;
  const done = await until('the what-if run ends', async () => {
    const { body } = await officer.get(path);
    return ['done', 'failed'].includes(body.state) && body;
  });
  assert.equal(done.state, 'done', done.error);
  assert.equal(done.done, done.total);
  assert.equal(done.same + done.different, done.total);
  assert.equal(done.failed, 0);
  const { items } = (await officer.get(`${path}/differences?limit=100`)).body;
  assert.ok(items.length > 0 && items.length <= done.different);
  for (const { input, before: was, after: would } of items) assert.deepEqual([was, would, input.家庭人数 >= 3], [800, 900, true]);
  assert.equal((await officer.get(`/api/rules/talent-housing/replays/${begun.body.id}`)).status, 404);
  const events = await officer.get(`${path}/events`);
  assert.match(events.body, /event: ?replay\ndata: ?\{.*"state":"done"/);
  const whole = await officer.post(`/api/rules/${code}/replays`, { xml: model('500', '800'), limit: 10 });
  assert.equal(whole.body.total, 10);
  assert.equal((await officer.delete(`/api/rules/${code}/replays/${whole.body.id}`)).status, 204);
  const ended = await until('the run has ended', async () => {
    const { body } = await officer.get(`/api/rules/${code}/replays/${whole.body.id}`);
    return !['queued', 'running'].includes(body.state) && body;
  });
  assert.equal(ended.different, 0);
  assert.ok(isRefused(await officer.post(`/api/rules/${code}/replays`, { xml: model('x', 'y') })), 'a candidate with mistakes was run');
});

test('the next version holds from its instant on, and not a moment before', async () => {
  assert.ok(isRefused(await publish(publisher, { from: '2020-01-01T00:00:00Z' })));
  const from = new Date(Date.now() + 4000);
  const next = await publish(publisher, { from: from.toISOString() });
  assert.deepEqual([next.status, next.body.number, next.body.state], [201, 2, 'scheduled']);
  const early = await amount(3);
  if (Date.now() < from.getTime()) assert.equal(early, 800);
  await until('the version takes over', async () => (await amount(3)) === 900);
  assert.ok(Date.now() >= from.getTime(), 'it took over too early');
  assert.equal(await amount(3, { at: new Date(from.getTime() - 1000).toISOString() }), 800);
});

test('rolling back is a new version; what held in between stays told', async () => {
  assert.equal((await officer.post(`/api/rules/${code}/rollback`, { version: 1, note: 'x' })).status, 403);
  assert.ok(isRefused(await publisher.post(`/api/rules/${code}/rollback`, { version: 7, note: 'x' })));
  const between = new Date().toISOString();
  const back = await publisher.post(`/api/rules/${code}/rollback`, { version: 1, note: '财政预算未落实' });
  assert.deepEqual([back.status, back.body.number, back.body.of, back.body.source], [201, 3, 1, 'rollback']);
  assert.equal(await amount(3), 800);
  assert.equal(await amount(3, { at: between }), 900);
  const { versions } = await shown();
  assert.deepEqual(versions.map(({ number, state }) => [number, state]), [[3, 'in-force'], [2, 'past'], [1, 'past']]);
  const old = await officer.get(`/api/rules/${code}/versions/2/xml`);
  assert.match(old.body, /<text>900<\/text>/);
});

test('a scheduled version is taken back before it holds', async () => {
  const { digest } = (await officer.call('PUT', `/api/rules/${code}/draft`, { xml: model('500', '950'), note: '', replaces: '' })).body.draft;
  const next = await publisher.post(`/api/rules/${code}/publication`, { digest, note: '下月起', from: new Date(Date.now() + 3_600_000).toISOString() });
  assert.equal(next.status, 201, JSON.stringify(next.body));
  const cancellation = `/api/rules/${code}/versions/${next.body.number}/cancellation`;
  assert.equal((await officer.post(cancellation, { reason: 'x' })).status, 403);
  assert.ok(isRefused(await publisher.post(cancellation, {})), 'without a reason');
  const done = await publisher.post(cancellation, { reason: '预算未批' });
  assert.deepEqual([done.status, done.body.versions[0].state, done.body.versions[0].cancel_reason], [200, 'cancelled', '预算未批']);
  assert.equal((await publisher.post(cancellation, { reason: 'x' })).status, 409);
  assert.equal(await amount(3, { at: new Date(Date.now() + 7_200_000).toISOString() }), 800);
});

test('a model imports another by its namespace, and neither is spoilt by the other', async () => {
  const importing = (space) => `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="y" name="年补贴" namespace="urn:test:year">
  <import name="月" namespace="${space}" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
  <decision id="year" name="全年"><variable name="全年" typeRef="number"/><informationRequirement><requiredDecision href="${space}#amount"/></informationRequirement>
    <literalExpression><text>月.每月补贴 * 12</text></literalExpression></decision>
  <decisionService id="s" name="全年服务"><outputDecision href="#year"/><encapsulatedDecision href="#year"/></decisionService>
</definitions>`;
  const wrong = (await officer.post('/api/rules/check', { xml: importing('urn:test:rents') })).body;
  assert.match(wrong.problems[0].message, /no model in force has the namespace 'urn:test:rents'; did you mean 'urn:test:rent'\?/);
  assert.equal(wrong.problems[0].line, 2);
  const made = await officer.post('/api/rules', { code: 'rent-year', name: '年补贴', owner: 'human-resources', xml: importing('urn:test:rent') });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { imports } = (await officer.post('/api/rules/check', { code: 'rent-year', draft: true })).body;
  assert.deepEqual(imports, [{ namespace: 'urn:test:rent', code, name: '租房补贴', version: 3 }]);
  assert.equal((await publisher.post('/api/rules/rent-year/publication', { digest: made.body.draft.digest, note: '按年' })).status, 201);
  const year = await program.post('/api/rules/rent-year/decision', { decision: '全年', input: { 家庭人数: 3 }, explain: true });
  assert.equal(year.body.output, 9600, JSON.stringify(year.body));
  assert.deepEqual(year.body.explanation.map((one) => one.decision), ['每月补贴', '全年']);
  const renamed = model('1', '2').replaceAll('"amount"', '"sum"').replaceAll('#amount', '#sum');
  const { digest } = (await officer.call('PUT', `/api/rules/${code}/draft`, { xml: renamed, note: '', replaces: '' })).body.draft;
  const refused = await publisher.post(`/api/rules/${code}/publication`, { digest, note: 'x' });
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail, /the model 'rent-year'/);
  assert.equal((await officer.delete(`/api/rules/${code}/draft`)).status, 204);
});

test('the examples of the folder are there to be run, and a draft that fails them is published knowingly', async () => {
  const place = '/api/rules/elderly-allowance';
  const { items } = (await officer.get(`${place}/examples`)).body;
  assert.equal(items.length, 7);
  const sound = (await officer.post(`${place}/examples/run`, {})).body;
  assert.deepEqual([sound.passed, sound.failed], [7, 0]);
  const { versions } = (await officer.get(place)).body;
  const xml = (await officer.get(`${place}/versions/${versions[0].number}/xml`)).body.replace('<text>600</text>', '<text>660</text>');
  const { digest } = (await officer.call('PUT', `${place}/draft`, { xml, note: '', replaces: '' })).body.draft;
  const failing = (await officer.post(`${place}/examples/run`, { draft: true })).body;
  assert.deepEqual(failing.items.filter((one) => !one.passed).map(({ name, output, expected }) => [name, output, expected]), [['百岁不论收入', 660, 600]]);
  const refused = await publisher.post(`${place}/publication`, { digest, note: 'x' });
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail, /1 of 7 examples do not come out: '百岁不论收入'/);
  assert.equal((await publisher.post(`${place}/publication`, { digest, note: '提高', accept_failing: true })).status, 201);
});

test('every step is an act, and no act tells what was asked', async () => {
  const auditor = await server.signIn('auditor');
  const verbs = new Map();
  await until('the acts are numbered', async () => {
    verbs.clear();
    for (let next = ''; next !== null; ) {
      const { body } = await auditor.get(`/api/ledger/acts?limit=100${next && `&before=${next}`}`);
      for (const act of body.items) {
        if (!act.verb.startsWith('rule.')) continue;
        verbs.set(act.verb, (verbs.get(act.verb) ?? 0) + 1);
        assert.doesNotMatch(JSON.stringify(act.detail ?? {}), /家庭人数|出生日期|博士/);
      }
      next = body.next;
    }
    return verbs.get('rule.publish') >= 8 && verbs.get('rule.draw') >= 2 && verbs.get('rule.decide') > 60 && verbs.get('rule.replay') === 2 && verbs.get('rule.read-cases') > 0;
  });
  await server.stop();
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  server = await installation.serve();
});
