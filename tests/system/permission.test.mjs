// Walks every route that the program declares with every role, and holds what happens against what is declared.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation } from './shu.mjs';

// The three administrators twice: on the posts that the city folder declares, and as the first start makes them, without a post.
const declaredAdministrators = ['system-admin', 'security-admin', 'audit-admin'];
const firstAdministrators = ['system', 'security', 'audit'];
const officers = ['police-data', 'market-decision', 'human-resources', 'data-bureau', 'auditor', 'leader', 'rule-officer', 'rule-publisher', 'benefits'];
const roles = ['visitor', ...officers, 'citizen-1', ...declaredAdministrators, ...firstAdministrators];
let installation, server, document;
const visitors = new Map();
const barred = [];

before(async () => {
  installation = new Installation(200);
  server = await installation.serve();
  document = (await server.visitor().get('/api/openapi.json')).body;
  for (const role of roles) {
    const visitor = role === 'visitor' ? server.visitor() : firstAdministrators.includes(role) ? await firstSignIn(role) : await server.signIn(role);
    const account = role === 'visitor' ? null : (await visitor.get('/api/session')).body.account;
    visitors.set(role, { visitor, verbs: new Set(account?.permissions ?? []), signedIn: role !== 'visitor' });
  }
});

after(async () => {
  await server?.stop();
  installation?.remove();
});

/// Signs in with the one-time password that the first start printed, changes it, signs in again.
async function firstSignIn(name) {
  const once = server.output.match(new RegExp(`^ +${name} +(\\S+)$`, 'm'))?.[1];
  assert.ok(once, `the first start prints a one-time password of ${name}`);
  const visitor = await server.signIn(name, once);
  barred.push({ name, answers: await Promise.all(['/api/accounts', '/api/ledger/acts', '/api/datasets'].map(async (path) => (await visitor.get(path)).status)) });
  const own = `Own-password-1-${name}`;
  assert.equal((await visitor.put('/api/session/password', { old: once, new: own })).status, 204);
  return server.signIn(name, own);
}

/// Event streams never end; leaving the account would change what the later requests find.
const leftOut = [/\/events$/, /^\/api\/session/];

function requests() {
  const list = [];
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      if (!operation.operationId || leftOut.some((pattern) => pattern.test(path))) continue;
      const filled = path.replace(/\{[^}]*\}/g, '1');
      list.push({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path: filled, operation });
    }
  return list;
}

/// What the declaration says about a role: refused with 401, refused with 403, or let through to the handler.
function declared(operation, { verbs, signedIn }) {
  if (operation.security.some((one) => 'signature' in one)) return 'signature';
  if (operation.security.length === 0) return 'open';
  if (!signedIn) return 401;
  const verb = operation['x-permission'];
  return verb && !verbs.has(verb) ? 403 : 'open';
}

test('every route does what its declaration says, for every role', async () => {
  const list = requests();
  assert.ok(list.length > 25, `only ${list.length} routes are declared`);
  const wrong = [];
  for (const { name, method, path, operation } of list)
    for (const role of roles) {
      const caller = visitors.get(role);
      const body = operation.requestBody ? {} : undefined;
      const { status } = await caller.visitor.call(method, path, body);
      const expected = declared(operation, caller);
      // Behind an open door the handler may still refuse the object (403) or not find it; it must not ask for a sign-in.
      const fits = expected === 'signature' ? status === 401 || status === 400 : expected === 'open' ? status !== 401 && status < 500 : status === expected;
      if (!fits) wrong.push(`${name} as ${role}: declared ${expected}, answered ${status}`);
    }
  assert.deepEqual(wrong, []);
});

test('a one-time password opens nothing but its own change', () => {
  assert.equal(barred.length, firstAdministrators.length);
  for (const { name, answers } of barred) assert.deepEqual(answers, [403, 403, 403], name);
});

test('the three administrators hold different verbs, on a post as from the first start', () => {
  const separated = { system: 'account.manage', security: 'role.manage', audit: 'audit.read' };
  for (const name of firstAdministrators)
    for (const role of [name, `${name}-admin`])
      for (const [other, verb] of Object.entries(separated)) assert.equal(visitors.get(role).verbs.has(verb), other === name, `${role}: ${verb}`);
  for (const name of firstAdministrators) assert.deepEqual([...visitors.get(name).verbs].sort(), [...visitors.get(`${name}-admin`).verbs].sort(), name);
});

test('demonstration accounts are not told to other machines and do not exist without --demo', async () => {
  assert.equal((await server.visitor().get('/api/demo/accounts')).status, 200);
  const answer = await server.visitor().call('POST', '/api/session', { name: 'police-data', password: 'wrong' });
  assert.equal(answer.status, 401);
});

test('a foreign page cannot act for a signed-in officer', async () => {
  const { visitor } = visitors.get('police-data');
  const answer = await visitor.call('POST', '/api/applications', {}, { Origin: 'https://elsewhere.example' });
  assert.equal(answer.status, 403);
});
