// A full disk under load: writes and gateway calls are refused and say why, reads go on, nothing is damaged, and all goes on when there is space again.
// On PostgreSQL the full disk is that of the data folder (trace, files, tiles), the database has room.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Load, file } from './load.mjs';
import { Installation, engine, until } from './shu.mjs';

const megabytes = 300;
const full = /disk is full|No space left/;
let installation, server, load, ballast, web, mounted = '';

function mount(folder) {
  mkdirSync(folder, { recursive: true });
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'shu-test', folder], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`skipped: a small file system cannot be mounted here (${(done.error?.message ?? done.stderr).trim()})`);
  mounted = folder;
}

/// Takes every byte that is left.
function fill() {
  const handle = openSync(ballast, 'a');
  try {
    for (let size = 2 ** 22; size >= 1; size >>= 1) {
      const piece = Buffer.alloc(size, 1);
      for (;;) {
        try {
          if (writeSync(handle, piece) < size) break;
        } catch (error) {
          if (error.code !== 'ENOSPC') throw error;
          break;
        }
      }
    }
  } finally {
    closeSync(handle);
  }
}

before(async () => {
  try {
    installation = new Installation(500, { prepare: mount });
  } catch (error) {
    if (!error.message.startsWith('skipped: ')) throw error;
    return console.log(error.message);
  }
  ballast = join(installation.data, 'ballast');
  web = join(installation.folder, 'web');
  mkdirSync(web);
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Shu</title>');
  server = await installation.serve(['--web', web]);
  load = await Load.prepare(server);
});

after(async () => {
  await server?.kill();
  if (mounted) execFileSync('umount', ['-l', mounted]);
  installation?.remove();
});

/// Fills the disk again and again while the server gives room back, until writes are refused. Look-ups are answered as long as the trace's segment has
/// the room that it reserved, so they are refused at once only by a server that has not begun one.
async function fillUntilRefused() {
  const needed = engine === 'sqlite' ? ['upload', 'apply'] : ['upload'];
  await until('what needs the disk is refused', async () => {
    fill();
    const answers = [];
    for (const work of needed) answers.push((await load[work]()).status);
    return answers.every((status) => status === 503);
  });
}

async function assertReadsGoOn() {
  const reads = { '/api/catalogue': load.applicant, '/api/catalogue/population': server.visitor(), '/api/session': load.police, '/api/applications': load.applicant,
    '/api/ledger/checkpoint': server.visitor(), '/api/ledger/acts': load.bureau, '/api/organisations': server.visitor(), '/': server.visitor(), '/metrics': server.visitor() };
  for (const [path, visitor] of Object.entries(reads)) {
    const { status, body } = await visitor.get(path);
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
  }
  assert.equal((await load.police.get('/api/session')).body.account?.name, 'police-data');
}

test('on a full disk nothing is accepted and nothing read out, reads go on, and space brings everything back', async (context) => {
  if (!mounted) return;
  await fillUntilRefused();
  load.start();
  await assertReadsGoOn();
  await pause(1500);  // the sealer, the sequencer and the collector meet the full disk too
  await assertReadsGoOn();
  await load.stop();
  load.assertRefusedCleanly(full);
  for (const kind of ['batches', 'calls']) assert.ok(load.answers.some((answer) => answer.kind === kind), `some ${kind} were refused`);
  assert.equal(load.acknowledged.calls.length, 0, 'read out without room for a trace');
  unlinkSync(ballast);
  await load.recovered();
  context.diagnostic(`refused ${load.answers.length}, kept ${JSON.stringify(await load.assertKept())}`);
});

test('a disk that fills up under load', async (context) => {
  if (!mounted) return;
  load.forget();
  load.start();
  await pause(300);
  await fillUntilRefused();
  await assertReadsGoOn();
  await pause(500);
  await load.stop();
  load.assertRefusedCleanly(full);
  unlinkSync(ballast);
  await load.recovered();
  context.diagnostic(`refused ${load.answers.length}, kept ${JSON.stringify(await load.assertKept())}`);
});

test('a crash on a full disk loses nothing either, and a start without space says why when it fails', async () => {
  if (!mounted) return;
  load.forget();
  load.start();
  await pause(300);
  await fillUntilRefused();
  await server.kill();
  await load.stop();
  fill();
  // With what the log's file still has it may come up; otherwise it says why not.
  await installation.serve().then((started) => started.kill(), (error) => assert.match(error.message, full));
  unlinkSync(ballast);
  server = await installation.serve(['--web', web]);
  load.use(server);
  await load.assertKept();
  await load.recovered();
});

test('a large file that no longer fits is refused and leaves its room', async () => {
  if (!mounted) return;
  load.forget();
  const text = file() + 'x'.repeat(megabytes * 2 ** 20);
  const { status, body } = await load.police.post('/api/datasets/population/batches?filename=large.csv', text, { 'Content-Type': 'text/csv' });
  assert.equal(status, 503, JSON.stringify(body));
  assert.match(body.detail, full);
  await load.recovered();
  await load.assertKept();
});

test('after all of it nothing is damaged and the ledger verifies', async () => {
  if (!mounted) return;
  assert.equal(await server.stop(), 0);
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  if (engine === 'sqlite') assert.equal(execFileSync('sqlite3', [join(installation.data, 'shu.db'), 'PRAGMA integrity_check'], { encoding: 'utf8' }).trim(), 'ok');
  server = await installation.serve();
});
