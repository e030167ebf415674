// PostgreSQL restarted and killed under load, and two nodes over one PostgreSQL. The server is the test's own, because others use the shared one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Load } from './load.mjs';
import { Installation, source, until } from './shu.mjs';

let folder, installation, server, load;

/// Meanwhile the load goes on. PostgreSQL keeps the output open, so it has none of ours.
async function postgres(action) {
  await promisify(execFile)('sh', ['-c', '"$0" "$@" >/dev/null 2>&1', join(source, 'tools/private-postgres'), action, join(folder, 'postgres')]);
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shu-restart-'));
  chmodSync(folder, 0o755);  // PostgreSQL runs as another user when this is root
  await postgres('start');
  installation = new Installation(500, { postgres: `host=${join(folder, 'postgres/socket')} user=shu dbname=shu` });
  server = await installation.serve();
  load = await Load.prepare(server);
});

after(async () => {
  await server?.kill();
  installation?.remove();
  if (!folder) return;
  await postgres('stop');
  rmSync(folder, { recursive: true, force: true });
});

const restarts = {
  'an orderly restart': () => postgres('restart'),
  'a crash and a start': async () => {
    await postgres('kill');
    await postgres('start');
  },
  'a crash and five seconds without it': async () => {
    await postgres('kill');
    await pause(5000);
    assert.equal((await fetch(`${server.url}/api/session`)).status, 200, 'who has no session needs no database');
    await postgres('start');
  },
};

for (const [name, restart] of Object.entries(restarts))
  test(`${name} of PostgreSQL under load: requests fail cleanly and recover`, async (context) => {
    load.forget();
    load.start();
    await pause(500);
    await restart();
    const calls = load.acknowledged.calls.length;
    await until('calls are answered again', () => load.acknowledged.calls.length > calls + 20);
    await pause(500);
    await load.stop();
    load.assertRefusedCleanly();
    await load.recovered();
    context.diagnostic(`refused ${load.answers.length}, kept ${JSON.stringify(await load.assertKept())}`);
  });

/// A second node: a data folder of its own with the same keys.
async function secondNode() {
  const data = join(installation.folder, 'data-1');
  cpSync(join(installation.data, 'keys'), join(data, 'keys'), { recursive: true });
  return Object.assign(Object.create(installation), { data }).serve(['--node', '1']);
}

test('what a killed node had begun to collect the other leaves to it', async () => {
  load.forget();
  await Promise.all(Array.from({ length: 20 }, () => load.upload()));
  await server.kill();
  const second = await secondNode();
  try {
    load.use(second);
    const theirs = [...load.acknowledged.batches];
    const { body } = await load.upload();
    assert.equal((await load.police.ended(body.id)).state, 'done');  // it stood behind all that was unfinished when the node started
    const states = await Promise.all(theirs.map(async (id) => (await load.police.get(`/api/batches/${id}`)).body.state));
    assert.ok(!states.includes('failed'), states.join());
    assert.ok(states.includes('queued'), `nothing was left: ${states.join()}`);
    server = await installation.serve();
    load.use(server);
    await load.assertKept();
  } finally {
    await second.kill();
  }
});

test('a grant revoked on one node is refused by the other in under a second', async () => {
  const second = await secondNode();
  try {
    const more = await Load.prepare(server);
    const look = async () => (await second.gateway(more.credentials, '/gateway/population', { id_number: '210199198512310030' })).status;
    await until('the other node knows the grant', async () => (await look()) === 200, 5);
    assert.equal((await more.police.post(`/api/grants/${more.grant}/revocation`, { reason: '测试' })).status, 200);
    const revoked = Date.now();
    await until('the other node refuses', async () => (await look()) === 403, 5);
    assert.ok(Date.now() - revoked < 1000, `${Date.now() - revoked} ms`);
  } finally {
    await second.kill();
  }
});

test('of two nodes one is killed, the other goes on, and the acts are numbered without a gap', async (context) => {
  let second = await secondNode();
  const other = await Load.prepare(second);
  load.forget();
  load.start();
  other.start();
  await pause(700);
  await server.kill();
  await load.stop();
  const calls = other.acknowledged.calls.length;
  await until('the other node goes on', () => other.acknowledged.calls.length > calls + 50 && other.acknowledged.applications.length > 5);
  await other.stop();
  other.assertRefusedCleanly();
  await other.assertKept();
  const newest = async (node) => (await node.visitor().get('/api/ledger/checkpoint')).body;
  const size = (await newest(second)).size;
  await other.apply();
  await until('the other node numbers and signs', async () => (await newest(second)).size > size, 10);
  server = await installation.serve();
  load.use(server);
  const kept = [await load.assertKept(), await other.assertKept()];
  await second.kill();
  second = await secondNode();
  await second.stop();
  assert.equal(await server.stop(), 0);
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  context.diagnostic(`kept ${JSON.stringify(kept)}; ${verified.stdout.trim()}`);
  server = await installation.serve();
});
