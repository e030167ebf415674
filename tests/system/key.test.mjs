// The ledger's key changes on a real city: receipts of before and after, the list of keys, and kills at any moment.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { generator, Installation, program } from './shu.mjs';

const installation = new Installation(200);
after(() => installation.remove());
const keys = join(installation.data, 'keys');
const rotation = ['ledger', 'key', 'rotate', '--data', installation.data, ...installation.database];

function receipt(name) {
  const path = join(installation.folder, name);
  const made = installation.shu('ledger', 'prove', '1', '--data', installation.data, ...installation.database, '--output', path);
  assert.equal(made.status, 0, made.stderr);
  return path;
}

const check = (path, key) => installation.shu('ledger', 'check', path, '--key', key);

test('a served city keeps its key', async () => {
  const server = await installation.serve();
  const refused = installation.shu(...rotation);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^shu: another shu has the data folder .* open; stop it first/);
  assert.equal(await server.stop(), 0);
});

test('the new key takes over, and each receipt needs the key of its checkpoint', async () => {
  const before = receipt('before.json');
  const old = join(installation.folder, 'old.pub');
  writeFileSync(old, readFileSync(join(keys, 'city.pem.pub')));
  const rotated = installation.shu(...rotation);
  assert.equal(rotated.status, 0, rotated.stderr);
  assert.match(rotated.stdout, /publish keys\/city\.pem\.pub/);
  assert.match(installation.verifyLedger().stdout, /^the ledger holds: /);

  const server = await installation.serve();
  const visitor = await server.signIn('auditor');
  const { items } = (await visitor.get('/api/ledger/keys')).body;
  assert.equal(items.length, 2);
  assert.deepEqual([items[0].after, items[0].handover], [0, null]);
  assert.equal(items[1].handover.checkpoint.size, items[1].after);
  assert.equal(await server.stop(), 0);
  const handover = join(installation.folder, 'handover.json');
  writeFileSync(handover, JSON.stringify(items[1].handover));
  assert.match(check(handover, old).stdout, /^proved: /);

  const later = receipt('later.json');
  const present = join(keys, 'city.pem.pub');
  assert.match(check(before, old).stdout, /^proved: /);
  assert.match(check(later, present).stdout, /^proved: /);
  for (const [path, key, named] of [[before, present, items[0]], [later, old, items[1]]]) {
    const refused = check(path, key);
    assert.equal(refused.status, 1);
    assert.match(refused.stdout, new RegExp(`^NOT PROVED: the receipt names the key ${named.fingerprint}`));
  }
});

test('killed at any moment, the change has happened or it has not', async () => {
  const random = generator(17);
  for (let round = 0; round < 12; round++) {
    const running = spawn(program, rotation, { stdio: 'ignore' });
    const ended = new Promise((resolve) => running.on('exit', resolve));
    await Promise.race([ended, pause(random() * 250)]);
    running.kill('SIGKILL');
    await ended;
    const verified = installation.verifyLedger();
    assert.equal(verified.status, 0, `round ${round}: ${verified.stdout}${verified.stderr}`);
    const path = receipt(`round-${round}.json`);
    const published = readdirSync(keys).filter((name) => name.endsWith('.pub'));
    assert.ok(published.some((name) => check(path, join(keys, name)).status === 0), `round ${round}: no key of ${published} proves the receipt`);
  }
  const rotated = installation.shu(...rotation);
  assert.equal(rotated.status, 0, rotated.stderr);
  assert.equal(existsSync(join(keys, 'city.next.pem')), false);
  assert.ok(readdirSync(keys).some((name) => name.startsWith('city-until-')));
  assert.equal(installation.verifyLedger().status, 0);
});
