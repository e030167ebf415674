// The whole story of a shared record, through the program's own door: upload, catalogue, application, grant, call, trace, proof.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Installation, identityNumber, until } from './shu.mjs';

const citizen = '210199198512310030';
let installation, server, police, applicant, bureau;
let grant, credentials, call;

before(async () => {
  installation = new Installation(1000);
  server = await installation.serve();
  police = await server.signIn('police-data');
  applicant = await server.signIn('human-resources');
  bureau = await server.signIn('data-bureau');
});

after(async () => {
  await server?.stop();
  installation?.remove();
});

test('the city comes up from its folder', async () => {
  const city = await server.visitor().get('/api/city');
  assert.equal(city.status, 200);
  assert.equal(city.body.name, '沈阳市');
  const overview = (await server.visitor().get('/api/overview')).body;
  assert.equal(overview.districts.length, 13);
  assert.ok(overview.population >= 1000);
  const organisations = await server.visitor().get('/api/organisations?limit=500');
  assert.ok(organisations.body.items.length >= 53);
});

test('an upload is checked row by row, and what is wrong is named', async () => {
  const good = identityNumber('19900101', 777);
  const rows = [
    'id_number,name,gender,ethnic_group,birth_date,registered_division,status',
    `${good},"王，测试",1,01,1990-01-01,210102001002,1`,
    `${good.slice(0, 17)}${good[17] === '1' ? '2' : '1'},李测试,1,01,1990-01-01,210102001002,1`,
    `${identityNumber('19900101', 779)},赵测试,9x,01,1990-02-30,210102001002,1`,
  ];
  const answer = await police.collect('population', rows.join('\r\n') + '\r\n', '人口.csv');
  assert.equal(answer.body.state, 'done', answer.body.error);
  assert.equal(answer.body.read, 3);
  assert.equal(answer.body.added, 1);
  assert.equal(answer.body.quarantined, 2);
  const quarantine = (await police.get(`/api/batches/${answer.body.id}/quarantine`)).body.items;
  assert.deepEqual([...new Set(quarantine.map((row) => row.line))], [3, 4]);
  assert.ok(quarantine.every((row) => row.reason.length > 0));
  const again = await police.collect('population', rows.slice(0, 2).join('\n') + '\n');
  assert.equal(again.body.unchanged, 1);
});

test('an officer of another organisation may not upload', async () => {
  const answer = await applicant.post('/api/datasets/population/batches?filename=x.csv', 'id_number\n', { 'Content-Type': 'text/csv' });
  assert.equal(answer.status, 403);
  assert.ok(answer.body.detail.length > 10);
});

test('the dataset stands in the catalogue, and three fields are applied for, decided and granted', async () => {
  const entry = (await server.visitor().get('/api/catalogue/population')).body;
  assert.equal(entry.provider, 'public-security');
  assert.equal(entry.sharing.type, 'conditional');
  const asked = { dataset: 'population', fields: ['id_number', 'name', 'birth_date'], purpose: '核验失业登记人员身份', basis: '失业登记', days: 30, quota_per_day: 1000 };
  const application = await applicant.post('/api/applications', asked);
  assert.equal(application.status, 201, JSON.stringify(application.body));
  assert.equal(application.body.state, 'submitted');
  const refused = await applicant.post(`/api/applications/${application.body.id}/decision`, { approve: true, reason: '自批' });
  assert.equal(refused.status, 403, 'the applicant cannot decide');
  const decided = await police.post(`/api/applications/${application.body.id}/decision`, { approve: true, reason: '依法履职需要' });
  assert.equal(decided.status, 200, JSON.stringify(decided.body));
  assert.equal(decided.body.state, 'approved');
  const twice = await police.post(`/api/applications/${application.body.id}/decision`, { approve: false, reason: '再次' });
  assert.equal(twice.status, 409);
  grant = decided.body.grant;
  assert.ok(grant);
});

test('the credentials are shown once, with a line that works in a terminal', async () => {
  const answer = await applicant.post(`/api/grants/${grant}/credentials`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  credentials = answer.body;
  assert.equal((await applicant.post(`/api/grants/${grant}/credentials`)).status, 409);
  const out = execFileSync('bash', ['-c', credentials.curl], { encoding: 'utf8' });
  const body = JSON.parse(out.slice(out.indexOf('{')));
  assert.equal(body.items.length, 1, out);
  assert.match(body.items[0].id_number, /^210\*+\w{4}$/);
  assert.ok(!body.items[0].name.includes('*'), 'the name has level 2: granted means readable');
});

test('a look-up of the citizen is answered with exactly the granted fields', async () => {
  const answer = await server.gateway(credentials, '/gateway/population', { id_number: citizen });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.deepEqual(Object.keys(answer.body.items[0]).sort(), ['birth_date', 'id_number', 'name']);
  call = answer.body.call;
});

test('replayed, late and altered requests are refused', async () => {
  const nonce = 'a'.repeat(24);
  const query = { id_number: citizen };
  assert.equal((await server.gateway(credentials, '/gateway/population', query, { nonce })).status, 200);
  assert.ok((await server.gateway(credentials, '/gateway/population', query, { nonce })).status >= 400, 'replayed');
  assert.equal((await server.gateway(credentials, '/gateway/population', query, { timestamp: Date.now() - 3600e3 })).status, 401, 'late');
  assert.equal((await server.gateway(credentials, '/gateway/population', query, { timestamp: Date.now() + 3600e3 })).status, 401, 'early');
  assert.equal((await server.gateway(credentials, '/gateway/population', query, { query: `id_number=${identityNumber('19900101', 777)}` })).status, 401, 'altered');
  assert.equal((await server.gateway({ ...credentials, secret: 'wrong' }, '/gateway/population', query)).status, 401, 'unsigned');
  assert.equal((await server.gateway({ ...credentials, client_id: 'nobody' }, '/gateway/population', query)).status, 401, 'unknown');
  assert.equal((await server.gateway(credentials, '/gateway/enterprise', { credit_code: '91210199MA00000A91' })).status, 403, 'no grant');
  assert.equal((await server.gateway(credentials, '/gateway/population', { ...query, fields: 'id_number,gender' })).status, 403, 'field outside the grant');
  const calls = await until('the refusals are traced', async () => {
    const { body } = await bureau.get('/api/calls?limit=100');
    return body.items.filter((item) => item.outcome === 'refused').length >= 6 ? body.items : null;
  });
  assert.ok(calls.find((item) => item.id === call));
});

test('the citizen sees who read what and why, and nobody else’s', async () => {
  const me = await server.signIn('citizen-1');
  const accesses = await until('the call is indexed', async () => {
    const { body } = await me.get('/api/me/accesses');
    return body.items.find((item) => item.id === call) ? body.items : null;
  });
  const mine = accesses.find((item) => item.id === call);
  assert.equal(mine.purpose, '核验失业登记人员身份');
  assert.match(mine.organisation_name, /人力资源/);
  const other = await server.signIn('citizen-2');
  const others = (await other.get('/api/me/accesses')).body.items;
  assert.ok(!others.find((item) => item.id === call));
  assert.equal((await other.get(`/api/calls/${call}/receipt`)).status, 404, 'not even that it exists');
});

const sm3 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sm3')).digest();

/// RFC 9162 2.1.3.2, written down here on its own so that it is not our code that judges our code.
function rootFrom(leaf, index, size, path) {
  let [fn, sn, root] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const sibling of path) {
    if (fn & 1n || fn === sn) {
      root = sm3(Buffer.of(1), sibling, root);
      while (fn !== 0n && !(fn & 1n)) { fn >>= 1n; sn >>= 1n; }
    } else root = sm3(Buffer.of(1), root, sibling);
    fn >>= 1n;
    sn >>= 1n;
  }
  assert.equal(sn, 0n);
  return root;
}

test('the call is proved to the signed checkpoint, and a changed byte is not', async () => {
  const receipt = await until('the call is sealed and under a checkpoint', async () => {
    const answer = await bureau.get(`/api/calls/${call}/receipt`);
    return answer.status === 200 ? answer.body : null;
  });
  const hex = (text) => Buffer.from(text, 'hex');
  const batch = rootFrom(sm3(Buffer.of(0), receipt.record), receipt.leaf_index, receipt.batch_size, receipt.path.map(hex));
  assert.equal(batch.toString('hex'), receipt.batch_root);
  const act = receipt.act_receipt;
  assert.ok(act.body.includes(receipt.batch_root), 'the sealing act states the batch root');
  const root = rootFrom(sm3(Buffer.of(0), act.body), act.proof.index, act.proof.size, act.proof.path.map((hash) => Buffer.from(hash, 'base64')));
  assert.equal(root.toString('base64'), act.checkpoint.root);
  const file = join(installation.folder, 'receipt.json');
  const key = join(installation.data, 'keys/city.pem.pub');
  writeFileSync(file, JSON.stringify(act));
  const checked = installation.shu('ledger', 'check', file, '--key', key);
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  writeFileSync(file, JSON.stringify({ ...act, body: act.body.replace('gateway.seal', 'gateway.seaL') }));
  const altered = installation.shu('ledger', 'check', file, '--key', key);
  assert.equal(altered.status, 1);
  assert.match(altered.stdout, /NOT PROVED/);
});

test('a revoked grant answers nothing more', async () => {
  const revoked = await police.post(`/api/grants/${grant}/revocation`, { reason: '用途结束' });
  assert.equal(revoked.status, 200, JSON.stringify(revoked.body));
  assert.equal((await server.gateway(credentials, '/gateway/population', { id_number: citizen })).status, 403);
});

test('after an orderly stop the ledger verifies', async () => {
  assert.equal(await server.stop(), 0);
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  server = await installation.serve();
});
