// What a newcomer types wrong, and what `shu` answers: on standard error, with the remedy, and nothing is made by the way.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { city, program } from './shu.mjs';

const folder = mkdtempSync(join(tmpdir(), 'shu-command-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function shu(...words) {
  return spawnSync(program, words, { encoding: 'utf8', cwd: folder, timeout: 60_000 });
}

/// The words end with exit code 1, say nothing on standard output, and `pattern` on standard error.
function refuses(words, pattern) {
  const { status, stdout, stderr } = shu(...words);
  assert.match(stderr, pattern, words.join(' '));
  assert.equal(stdout, '', words.join(' '));
  assert.equal(status, 1, words.join(' '));
}

test('without words it tells which there are', () => {
  const { status, stderr } = shu();
  assert.equal(status, 1);
  for (const word of ['serve', 'demo', 'city', 'ledger']) assert.match(stderr, new RegExp(`\\n  ${word} `));
});

test('a folder that is no city is named once, with the one that is likely meant', () => {
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'file'), '');
  for (const command of [['city', 'check'], ['serve', '--data', 'data', '--web', '', '--city'], ['demo', '--data', 'data', '--city']]) {
    refuses([...command, 'absent'], /^shu: there is no folder absent; name the one that holds city\.yaml\n$/);
    refuses([...command, 'file'], /^shu: file is a file; name the folder that holds city\.yaml\n$/);
    refuses([...command, 'empty'], /^shu: empty is not a city folder: it holds no city\.yaml; docs\/format\/city-folder\.md tells/);
    refuses([...command, join(city, 'datasets', 'credit')], /is not a city folder: it holds no city\.yaml; did you mean \S+\/cities\/shenyang\?\n$/);
  }
  assert.equal(existsSync(join(folder, 'data')), false);
});

test('what only looks makes nothing', () => {
  for (const words of [['ledger', 'verify'], ['ledger', 'prove', '1'], ['city', 'plan', city]])
    refuses([...words, '--data', 'nowhere'], /^shu: there is no city's data in the folder nowhere; `shu serve` and `shu demo` make one\n$/);
  assert.equal(existsSync(join(folder, 'nowhere')), false);
});

test('the server says on standard error why it does not start', () => {
  const serve = ['serve', '--city', city, '--data', 'served'];
  refuses(['serve'], /^shu: no city; name its folder with --city\nno place for data; name a folder with --data\n$/);
  refuses([...serve, '--web', 'absent'], /^shu: there is no web application in the folder absent; .*--web\n$/);
  refuses([...serve, '--database', 'mysql://x'], /^shu: the database is not a postgres:\/\/ address; leave it out for SQLite\n$/);
  refuses([...serve, '--web', '', '--database', 'postgres://nobody@127.0.0.1:1/x'], /^shu: PostgreSQL does not answer: /);
  refuses([...serve, '--listen', 'here'], /^shu: 'here' is not a place to listen; write HOST:PORT or \[IPV6\]:PORT\n$/);
  const unheard = shu(...serve, '--web', '', '--listen', 'no-such-host.invalid:80');
  assert.match(unheard.stderr, /^shu: listen on no-such-host\.invalid:80: /m);
  assert.doesNotMatch(unheard.stdout, /shu:/); // the first passwords are shown all the same: they are made only once
  assert.equal(unheard.status, 1);
});

test('a demonstration does not mix with another one or with a city', () => {
  const demo = (data, ...more) => ['demo', '--city', city, '--data', data, '--people', '100', ...more];
  assert.equal(shu(...demo('first')).status, 0);
  refuses(demo('first'), /^shu: there is a demonstration city in first already; name another --data, or leave it as it is with --once\n$/);
  const again = shu(...demo('first', '--once'));
  assert.equal(again.status, 0);
  assert.match(again.stdout, /^the demonstration city is there already: first\n$/);

  const applied = shu('city', 'apply', city, '--data', 'real');
  assert.equal(applied.status, 0, applied.stderr);
  refuses(demo('real'), /^shu: the data folder or the database holds the city 210100 already; /);

  // Interrupted: the marker of the beginning is there, that of the end is not.
  rmSync(join(folder, 'first/demo.json'));
  writeFileSync(join(folder, 'first/demo-begun.json'), '{"people":100,"seed":20260101}\n');
  refuses(demo('first', '--seed', '7'), /^shu: an unfinished demonstration lies here: \{"people":100,"seed":20260101\}; /);
  const finished = shu(...demo('first'));
  assert.equal(finished.status, 0, finished.stderr);
  assert.match(finished.stdout, /collected population: 0 records/);
  assert.equal(existsSync(join(folder, 'first/demo-begun.json')), false);
  assert.equal(existsSync(join(folder, 'first/demo.json')), true);
});
