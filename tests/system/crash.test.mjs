// kill -9 at random moments under mixed load: uploads, applications and signed look-ups. What was acknowledged is there afterwards, no batch is half
// in, every acknowledged call is traced and the ledger verifies. SHU_CRASH_ROUNDS sets the rounds (default 50), SHU_SEED the random numbers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Load } from './load.mjs';
import { Installation, generator } from './shu.mjs';

const rounds = Number(process.env.SHU_CRASH_ROUNDS ?? 50);
const seed = Number(process.env.SHU_SEED ?? Date.now() % 1e9);
const random = generator(seed);
let installation, server, load;

before(async () => {
  installation = new Installation(500);
  server = await installation.serve();
  load = await Load.prepare(server);
});

after(async () => {
  await server?.kill();
  installation?.remove();
});

test(`nothing acknowledged is lost in ${rounds} rounds of kill -9 (seed ${seed})`, async (context) => {
  const all = { batches: 0, applications: 0, calls: 0 };
  for (let round = 0; round < rounds; round += 1) {
    load.forget();
    load.start();
    await pause(50 + random() * 700);  // the moment of the crash is what is random here
    await server.kill();
    await load.stop();
    server = await installation.serve();
    load.use(server);
    const kept = await load.assertKept();
    for (const kind of Object.keys(all)) all[kind] += kept[kind];
  }
  context.diagnostic(`acknowledged and found: ${JSON.stringify(all)}`);
  assert.ok(all.batches > 0 && all.applications > 0 && all.calls > rounds, JSON.stringify(all));
  await server.kill();
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
});
