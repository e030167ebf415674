// Walks every route that the program declares with every role, and holds what happens against what is declared.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation } from './shu.mjs';

const roles = ['visitor', 'police-data', 'market-decision', 'human-resources', 'data-bureau', 'auditor', 'leader', 'rule-officer', 'rule-publisher', 'benefits', 'citizen-1'];
let installation, server, document;
const visitors = new Map();

before(async () => {
  installation = new Installation(200);
  server = await installation.serve();
  document = (await server.visitor().get('/api/openapi.json')).body;
  for (const role of roles) {
    const visitor = role === 'visitor' ? server.visitor() : await server.signIn(role);
    const account = role === 'visitor' ? null : (await visitor.get('/api/session')).body.account;
    visitors.set(role, { visitor, verbs: new Set(account?.permissions ?? []), signedIn: role !== 'visitor' });
  }
});

after(async () => {
  await server?.stop();
  installation?.remove();
});

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
