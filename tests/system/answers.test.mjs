// What OpenAPI says of the answers is what comes: every described route of a lived-in city is called and held against its schema.
// On the way: administrators at work, samples of every dataset collected, an application for some rows only, a search by a field.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, until } from './shu.mjs';

let installation, server, document, system, security, police, applicant;
const patterns = [];
const seen = new Set();

before(async () => {
  installation = new Installation(300);
  server = await installation.serve();
  document = (await server.visitor().get('/api/openapi.json')).body;
  for (const [path, methods] of Object.entries(document.paths)) {
    const pattern = new RegExp(`^${path.replace(/\{[^}]*\}/g, '[^/]+').replaceAll('.', '\\.')}$`);
    for (const [method, operation] of Object.entries(methods)) patterns.push({ path, method: method.toUpperCase(), pattern, schema: operation.responses?.['2XX']?.content?.['application/json']?.schema });
  }
  [system, security, police, applicant] = await Promise.all(['system-admin', 'security-admin', 'police-data', 'human-resources'].map((name) => server.signIn(name)));
});

after(async () => {
  await server?.stop();
  installation?.remove();
});

/// The places where a value differs from a schema: of JSON Schema what the document uses.
function differences(value, schema, at = '') {
  if (schema.$ref) return differences(value, document.components.schemas[schema.$ref.split('/').at(-1)], at);
  if (schema.anyOf) return schema.anyOf.some((one) => differences(value, one, at).length === 0) ? [] : [`${at}: none of ${JSON.stringify(schema.anyOf)}`];
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.includes(typeOf(value)) && !(types.includes('number') && typeOf(value) === 'integer')) return [`${at}: ${typeOf(value)} instead of ${types}`];
  if (value === null) return [];
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${value} is none of ${schema.enum}`];
  if (Array.isArray(value)) return value.flatMap((item, index) => differences(item, schema.items, `${at}/${index}`));
  if (typeof value !== 'object' || !schema.properties) return [];
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}/${name}: is missing`);
  return [...missing, ...Object.entries(value).flatMap(([name, member]) => (schema.properties[name] ? differences(member, schema.properties[name], `${at}/${name}`) : [`${at}/${name}: is not described`]))];
}

function typeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/// Calls a route, holds the answer against its description, and gives its body.
async function ask(visitor, method, path, body) {
  const { status, body: answer } = await visitor.call(method, path, body);
  assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  const route = patterns.find((one) => one.method === method && one.pattern.test(path.split('?')[0]));
  assert.ok(route, `${method} ${path} is not declared`);
  if (!route.schema) return answer;
  seen.add(`${route.method} ${route.path}`);
  assert.deepEqual(differences(answer, route.schema), [], `${method} ${path}`);
  return answer;
}

const get = (visitor, path) => ask(visitor, 'GET', path);
const post = (visitor, path, body) => ask(visitor, 'POST', path, body);

/// An officer on a post, made by the system administrator.
async function officerOn(code) {
  const made = await post(system, '/api/accounts', { name: `on.${code}`, display_name: `试用 ${code}`, post: code });
  const first = await server.signIn(made.name, made.one_time_password);
  assert.equal((await first.put('/api/session/password', { old: made.one_time_password, new: 'A-password-of-1' })).status, 204);
  return server.signIn(made.name, 'A-password-of-1');
}

test('the sample of every dataset is collected whole, under either heading', async () => {
  const datasets = (await get(police, '/api/datasets?limit=500')).items;
  assert.ok(datasets.length >= 20);
  const posts = (await get(system, '/api/posts?limit=500')).items;
  const officers = new Map();
  for (const { code, provider } of datasets) {
    const place = posts.find((one) => one.organisation === provider && one.roles.includes('data-steward'));
    assert.ok(place, `${provider} has nobody who collects ${code}`);
    if (!officers.has(provider)) officers.set(provider, await officerOn(place.code));
    const officer = officers.get(provider);
    for (const header of ['names', 'codes']) {
      const sample = await officer.get(`/api/datasets/${code}/sample.csv?header=${header}`);
      assert.equal(sample.headers.get('content-type'), 'text/csv; charset=utf-8');
      const batch = await officer.collect(code, sample.body, `${code}.csv`);
      assert.equal(batch.body.state, 'done', `${code}: ${batch.body.error}`);
      assert.deepEqual([batch.body.read, batch.body.quarantined], [2, 0], `${code}: ${JSON.stringify(batch.body.reasons)}`);
    }
    const detail = await get(officer, `/api/datasets/${code}`);
    const fields = await officer.get(`/api/datasets/${code}/fields.csv`);
    assert.equal(fields.body.trim().split('\r\n').length, detail.fields.length + 1);
    if (detail.may_browse) await get(officer, `/api/datasets/${code}/records?limit=2`);
    const coded = detail.fields.find((field) => field.codes);
    if (coded) await get(officer, `/api/codes/${coded.codes}`);
  }
  const bytes = Buffer.from(await (await fetch(`${server.url}/api/datasets/population/sample.csv`, { headers: { Cookie: police.cookie } })).arrayBuffer());
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'spreadsheets need the byte order mark');
  assert.equal((await police.get('/api/datasets/population/sample.csv?header=other')).status, 400);
});

test('records are found by a field that the folder calls searchable, by nobody who sees it masked', async () => {
  const fields = (await get(police, '/api/datasets/population')).fields;
  assert.ok(fields.find((field) => field.code === 'name').searchable);
  const some = (await get(police, '/api/datasets/population/records?limit=1')).items[0];
  const found = await get(police, `/api/datasets/population/records?field=name&q=${encodeURIComponent(some.name)}`);
  assert.ok(found.items.length >= 1 && found.items.every((row) => row.name === some.name));
  assert.equal((await police.get('/api/datasets/population/records?field=address&q=x')).status, 400);
});

test('an application for some rows says so in words, and only those rows are answered', async () => {
  const filter = { field: 'gender', value: '2' };
  const asked = { dataset: 'population', fields: ['name', 'gender'], purpose: '妇女两癌筛查', basis: '妇女权益保障法第三十一条', days: 30, quota_per_day: 100, rows: filter };
  const made = await post(applicant, '/api/applications', asked);
  assert.deepEqual([made.rows.field_name, made.rows.value], ['性别', '2']);
  assert.match(made.rows.value_name, /女/);
  assert.equal(made.rows.value_name_en, 'Female');
  const decided = await post(police, `/api/applications/${made.id}/decision`, { approve: true });
  const credentials = await post(applicant, `/api/grants/${decided.grant}/credentials`);
  const key = credentials.example_key;
  const answer = await server.gateway(credentials, '/gateway/population', { [key.field]: key.value });
  assert.equal(answer.status, 200);
  assert.equal(answer.body.items.length, 1);
  const bureau = await server.signIn('data-bureau');
  const call = await until('the call is listed', async () => (await get(bureau, '/api/calls')).items[0]);
  await until('the call is sealed', async () => (await get(bureau, `/api/calls/${call.id}`)).sealed);
  await get(bureau, `/api/calls/${call.id}/receipt`);
  await get(bureau, '/api/gateway/statistics');
  const [client] = (await get(security, '/api/clients')).items;
  assert.equal(client.client_id, credentials.client_id);
  assert.equal((await get(police, `/api/grants/${decided.grant}`)).may_revoke, true);
  assert.equal((await get(applicant, `/api/grants/${decided.grant}`)).may_revoke, false);

  await post(security, `/api/clients/${client.client_id}/disable`);
  await until('the disabled client is refused', async () => (await server.gateway(credentials, '/gateway/population', { [key.field]: key.value })).status === 401);
  await post(security, `/api/clients/${client.client_id}/enable`);
  await until('the enabled client is answered', async () => (await server.gateway(credentials, '/gateway/population', { [key.field]: key.value })).status === 200);
  const renewed = await post(security, `/api/clients/${client.client_id}/secret`);
  await until('the old secret is refused', async () => (await server.gateway(credentials, '/gateway/population', { [key.field]: key.value })).status === 401);
  assert.equal((await server.gateway({ ...credentials, secret: renewed.secret }, '/gateway/population', { [key.field]: key.value })).status, 200);
});

test('a post that is assigned another role opens and closes doors at once', async () => {
  const officer = await officerOn('education-business');
  assert.equal((await officer.get('/api/ledger/acts')).status, 403);
  const path = '/api/posts/education-business/assignment';
  await ask(security, 'PUT', path, { roles: ['data-applicant', 'auditor'], reason: '参加专项审计' });
  assert.equal((await officer.get('/api/ledger/acts')).status, 200);
  await ask(security, 'DELETE', path);
  assert.equal((await officer.get('/api/ledger/acts')).status, 403);
});

test('a locked account is out at once', async () => {
  const officer = await officerOn('civil-affairs-business');
  const { id } = (await get(system, '/api/accounts?q=on.civil')).items[0];
  await post(system, `/api/accounts/${id}/lock`, { reason: '离岗' });
  assert.equal((await officer.get('/api/datasets')).status, 401);
  await post(system, `/api/accounts/${id}/unlock`);
  await post(system, `/api/accounts/${id}/password-reset`);
});

test('the ledger says what its checkpoints, keys, acts and proofs are', async () => {
  const auditor = await server.signIn('auditor');
  const visitor = server.visitor();
  const { size } = await get(visitor, '/api/ledger/checkpoint');
  for (const path of ['/api/ledger/checkpoints', '/api/ledger/key', '/api/ledger/keys', `/api/ledger/consistency?from=1&to=${size}`]) await get(visitor, path);
  const [newest] = (await get(auditor, '/api/ledger/acts?limit=1')).items;
  assert.equal(typeof newest.body, 'string');
  await get(auditor, '/api/ledger/acts/0');
  await get(auditor, '/api/ledger/acts/0/receipt');
});

test('the remaining described routes answer as described', async () => {
  const visitor = server.visitor();
  const citizen = await server.signIn('citizen-1');
  const pages = ['/api/city', '/api/overview', '/api/city/divisions?parent=210100000000', '/api/session', '/api/demo/accounts', '/api/organisations', '/api/organisations/public-security', '/api/catalogue', '/api/catalogue/population'];
  for (const path of pages) await get(visitor, path);
  const districts = (await get(visitor, '/api/city/divisions?parent=210100000000')).items;
  assert.equal(districts.find((one) => one.name === '浑南区').name_en, 'Hunnan District');
  for (const path of ['/api/registries', '/api/batches', '/api/applications', '/api/grants', '/api/roles']) await get(police, path);
  const [batch] = (await get(police, '/api/batches')).items;
  await get(police, `/api/batches/${batch.id}`);
  await get(police, `/api/batches/${batch.id}/quarantine`);
  await get(police, `/api/applications/${(await get(police, '/api/applications')).items[0].id}`);
  await get(police, '/api/datasets/population/records?q=210199198512310030');
  const act = await until('the look-up is proved', async () => (await get(citizen, '/api/me/accesses')).items.find((one) => one.kind === 'act' && one.sealed));
  await get(citizen, `/api/me/accesses/${act.id}/receipt`);
  const again = server.visitor();
  await post(again, '/api/session', { name: 'police-data', password: 'shu-demo' });
  const { body: sample } = await police.get('/api/datasets/population/sample.csv');
  await post(police, '/api/datasets/population/batches?filename=sample.csv', sample);
  const grant = (await get(police, '/api/grants?role=provider')).items[0];
  await post(security, `/api/grants/${grant.id}/revocation`, { reason: '用途已结束' });
  const left = patterns.filter((one) => one.schema && !seen.has(`${one.method} ${one.path}`)).map((one) => `${one.method} ${one.path}`);
  assert.deepEqual(left, [], 'described, but never called here');
});
