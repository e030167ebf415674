// kill -9 at random moments under mixed load: uploads, applications and signed look-ups. What was acknowledged is there afterwards, no batch is half
// in, every acknowledged call is traced and the ledger verifies. SHU_CRASH_ROUNDS sets the rounds (default 50), SHU_SEED the random numbers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Installation, identityNumber, until } from './shu.mjs';

const rounds = Number(process.env.SHU_CRASH_ROUNDS ?? 50);
const seed = Number(process.env.SHU_SEED ?? Date.now() % 1e9);
const rowsInFile = 300;
const citizen = '210199198512310030';
let installation, server, credentials, police, applicant, bureau, random = generator(seed), serial = 0;

function generator(state) {
  return () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
}

before(async () => {
  installation = new Installation(500);
  server = await installation.serve();
  applicant = await server.signIn('human-resources');
  police = await server.signIn('police-data');
  bureau = await server.signIn('data-bureau');
  const asked = { dataset: 'population', fields: ['id_number', 'name'], purpose: '崩溃测试', basis: '测试', days: 30, quota_per_day: 1000000 };
  const application = (await applicant.post('/api/applications', asked)).body;
  const decided = (await police.post(`/api/applications/${application.id}/decision`, { approve: true, reason: '测试' })).body;
  credentials = (await applicant.post(`/api/grants/${decided.grant}/credentials`)).body;
});

after(async () => {
  await server?.kill();
  installation?.remove();
});

function file() {
  const lines = ['id_number,name,gender,birth_date,registered_division,status'];
  const day = 1 + (serial % 28);
  const month = 1 + (Math.floor(serial / 28) % 12);
  const year = 1930 + Math.floor(serial / 336);
  serial += 1;
  const birth = `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;
  const date = `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}`;
  for (let i = 0; i < rowsInFile; i += 1) lines.push(`${identityNumber(birth, 600 + i)},测试人,${i % 50 === 0 ? 'x' : 1},${date},210102001002,1`);
  return lines.join('\n') + '\n';
}

/// Runs `work` again and again until the server goes; only what was answered counts.
async function repeat(work) {
  for (;;) {
    try {
      await work();
    } catch {
      return;
    }
  }
}

function load(acknowledged) {
  const uploads = repeat(async () => {
    const { status, body } = await police.post('/api/datasets/population/batches?filename=crash.csv', file(), { 'Content-Type': 'text/csv' });
    if (status === 202) acknowledged.batches.push(body.id);
  });
  const applications = repeat(async () => {
    const asked = { dataset: 'population', fields: ['name'], purpose: '崩溃测试', basis: '测试', days: 1, quota_per_day: 1 };
    const { status, body } = await applicant.post('/api/applications', asked);
    if (status === 201) acknowledged.applications.push(body.id);
  });
  const calls = [1, 2, 3, 4].map(() => repeat(async () => {
    const { status, body } = await server.gateway(credentials, '/gateway/population', { id_number: citizen });
    if (status === 200) acknowledged.calls.push(body.call);
  }));
  return Promise.all([uploads, applications, ...calls]);
}

async function check(acknowledged) {
  for (const id of acknowledged.batches) {
    const batch = await until(`batch ${id} ends after the restart`, async () => {
      const { status, body } = await police.get(`/api/batches/${id}`);
      assert.equal(status, 200, `acknowledged batch ${id} is lost`);
      return ['done', 'failed'].includes(body.state) ? body : null;
    });
    assert.equal(batch.state, 'done', batch.error);
    assert.equal(batch.read, rowsInFile, `batch ${id}`);
    assert.equal(batch.added + batch.changed + batch.unchanged + batch.quarantined, rowsInFile, `batch ${id}`);
    assert.equal(batch.quarantined, rowsInFile / 50, `batch ${id}`);
  }
  for (const id of acknowledged.applications) assert.equal((await applicant.get(`/api/applications/${id}`)).status, 200, `acknowledged application ${id} is lost`);
  for (const id of acknowledged.calls)
    await until(`acknowledged call ${id} is in the trace`, async () => (await bureau.get(`/api/calls/${id}`)).status === 200, 10);
}

test(`nothing acknowledged is lost in ${rounds} rounds of kill -9 (seed ${seed})`, async (context) => {
  const all = { batches: 0, applications: 0, calls: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const acknowledged = { batches: [], applications: [], calls: [] };
    const loading = load(acknowledged).catch(() => {});  // the crash may come while it signs in
    await pause(50 + random() * 700);  // the moment of the crash is what is random here
    await server.kill();
    await loading;
    server = await installation.serve();
    for (const visitor of [police, applicant, bureau]) visitor.server = server;  // a sign-in outlives the crash too
    await check(acknowledged);
    for (const kind of Object.keys(all)) all[kind] += acknowledged[kind].length;
  }
  context.diagnostic(`acknowledged and found: ${JSON.stringify(all)}`);
  assert.ok(all.batches > 0 && all.applications > 0 && all.calls > rounds, JSON.stringify(all));
  await server.kill();
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
});
