// Servers' configurations, wrong and right, for `corsim audit`. Each is a change to one that is right, in the
// place where people make the mistake. `find` is the finding that must come first; a right one has none above a
// note. `flags` are the front end's, `hunt` is its budget where only the hunt can find it, `ends` says that not
// everything can be asked. `says` is what that finding's detail has in it, `also` and `never` are others that must
// and must not be found, `stranger` is what must be said of a page that nobody means.
export const app = 'https://app.example';
const front = ['--origin', app, '--credentials', '-X', 'PUT', '-H', 'X-A: 1'];
const visitor = ['--origin', app, '--credentials'];
const anonymous = ['--origin', app];

// An answer of a right configuration, and what may be changed about it.
const right = {
  allow: (origin) => (origin === app ? origin : undefined), // Access-Control-Allow-Origin for an Origin
  credentials: 'true',
  methods: 'GET, PUT',
  headers: 'X-A, Content-Type',
  maxAge: '600',
  options: 204, // the status of OPTIONS
  // Last, on the headers as they are: the place for everything else.
  last: () => {},
};

// What a server with that configuration answers: [status, headers] or undefined for nothing at all.
export function answer(configuration, request) {
  const { allow, credentials, methods, headers, maxAge, options, last } = { ...right, ...configuration };
  const origin = request.headers.origin;
  const isPreflight = request.method === 'OPTIONS';
  const allowed = allow(origin, isPreflight);
  const reply = { status: isPreflight ? options : request.path === '/me' ? 200 : 404, headers: { vary: 'Origin' } };
  if (allowed) {
    reply.headers['access-control-allow-origin'] = allowed;
    if (credentials) reply.headers['access-control-allow-credentials'] = credentials;
    if (isPreflight && methods) reply.headers['access-control-allow-methods'] = methods;
    if (isPreflight && headers) reply.headers['access-control-allow-headers'] = headers;
    if (isPreflight && maxAge) reply.headers['access-control-max-age'] = maxAge;
  }
  last(reply, { origin, isPreflight, request });
  return reply;
}

const drop = (...names) => (reply) => names.forEach((name) => delete reply.headers[name]);
const onPreflight = (change) => (reply, { isPreflight }) => isPreflight && change(reply);
const onAnswer = (change) => (reply, context) => context.isPreflight || change(reply, context);
const set = (name, value) => (reply) => { if (reply.headers['access-control-allow-origin']) reply.headers[name] = value; };
const status = (number, headers = {}) => (reply) => { reply.status = number; reply.headers = headers; };
const matching = (pattern) => (origin) => (origin && pattern.test(origin) ? origin : undefined);
const origin = 'access-control-allow-origin', credentials = 'access-control-allow-credentials';

export const wrong = {
  'reflects-anything': { find: 'any-origin-credentials', allow: (origin) => origin },
  'allows-null': { find: 'null-origin-credentials', stranger: { read: 'no', send: 'no', sends: '', disguisedRead: 'with credentials', disguises: 'null', nullSend: 'with credentials', nullSends: 'PUT' }, allow: (origin) => (origin === app || origin === 'null' ? origin : undefined) },
  'ends-with': { find: 'lookalike-origin-credentials', says: 'evilapp.example (only the end is looked at', stranger: { read: 'no', disguisedRead: 'with credentials', disguises: 'https://evilapp.example', nullSend: 'no' }, allow: (origin) => (origin?.endsWith('app.example') ? origin : undefined) },
  'ends-with-less': { find: 'lookalike-origin-credentials', says: 'appxexample.com (a dot stands for any character; or only the end is looked at', allow: (origin) => (origin?.endsWith('example.com') ? origin : undefined), flags: ['--origin', 'https://app.example.com', '--credentials'] },
  'starts-with': { find: 'lookalike-origin-credentials', allow: (origin) => (origin?.startsWith(app) ? origin : undefined) },
  'contains': { find: 'lookalike-origin-credentials', allow: (origin) => (origin?.includes('app.example') ? origin : undefined) },
  'unescaped-dot': { find: 'lookalike-origin-credentials', says: '(a dot stands for any character).', allow: matching(/^https:\/\/app.app.example$/), flags: ['--origin', 'https://app.app.example', '--credentials', '-X', 'PUT'] },
  'any-scheme': { find: 'http-origin-credentials', allow: matching(/^https?:\/\/app\.example$/) },
  'any-subdomain': { find: 'other-host-credentials', allow: matching(/^https:\/\/([^.]+\.)?app\.example$/) },
  'any-port': { find: 'other-host-credentials', allow: matching(/^https:\/\/app\.example(:\d+)?$/) },
  'article-subdomains': { find: 'http-origin-credentials', allow: matching(/\.app\.example$/), flags: ['--origin', 'https://www.app.example', '--credentials'], also: ['other-host-credentials'] },
  'one-letter-more': { find: 'lookalike-origin-credentials', hunt: 4000, allow: matching(/^https:\/\/exa?mple\.com$/), flags: ['--origin', 'https://example.com', '--credentials'] },
  'preflight-reflects': { find: 'any-origin-preflight', stranger: { read: 'no', send: 'with credentials', sends: 'PUT' }, allow: (origin, isPreflight) => (isPreflight || origin === app ? origin : undefined) },
  'options-behind-login': { find: 'preflight-authentication', last: onPreflight(status(401, { 'www-authenticate': 'Bearer' })) },
  'options-forbidden': { find: 'preflight-authentication', last: onPreflight(status(403)) },
  'options-redirected': { find: 'preflight-redirect', last: onPreflight(status(301, { location: '/me/' })) },
  'refused-as-a-whole-for-the-method': { find: 'method-not-allowed', last: (reply, { isPreflight, request }) => isPreflight && request.headers['access-control-request-method'] === 'PUT' && status(200)(reply) },
  'refused-as-a-whole-without-credentials': { find: 'method-not-allowed', allow: () => '*', credentials: undefined, last: (reply, { isPreflight, request }) => isPreflight && request.headers['access-control-request-method'] !== 'GET' && status(403)(reply), flags: [...anonymous, '-X', 'GET', '-X', 'PUT', '-H', 'Content-Type: application/json'] },
  'refused-as-a-whole-for-the-header': { find: 'header-not-allowed', last: (reply, { isPreflight, request }) => isPreflight && request.headers['access-control-request-headers']?.includes('x-a') && status(403)(reply) },
  'cached-for-another': { find: 'vary-missing', severity: 'medium', last: (reply, { isPreflight, request }) => { if (!isPreflight && !request.url.includes('?')) reply.headers = { [origin]: 'https://admin.example', [credentials]: 'true', age: '7' }; }, flags: visitor },
  'reflects-with-a-cookie': { find: 'any-origin-credentials', allow: (origin) => origin ?? '*', last: (reply, { request, isPreflight }) => { if (!isPreflight && !request.headers.cookie) reply.headers[origin] = '*'; }, flags: anonymous },
  'options-not-found': { find: 'preflight-status', options: 404 },
  'options-not-allowed': { find: 'preflight-status', last: onPreflight(status(405, { allow: 'GET, PUT' })) },
  'options-unanswered': { find: 'preflight-unanswered', last: onPreflight((reply) => { reply.reset = true; }), parallel: 1 },
  'origin-twice': { find: 'allow-origin-twice', last: (reply) => { const value = reply.headers[origin]; if (value) reply.headers[origin] = [value, value]; } },
  'origin-list': { find: 'allow-origin-list', last: set(origin, `${app}, https://www.app.example`) },
  'origin-with-slash': { find: 'allow-origin-form', last: set(origin, `${app}/`) },
  'origin-with-wildcard': { find: 'allow-origin-form', last: set(origin, 'https://*.example') },
  'wildcard': { find: 'wildcard-with-credentials', allow: () => '*' },
  'preflight-without-credentials': { find: 'preflight-credentials-missing', last: onPreflight(drop(credentials)) },
  'answer-without-credentials': { find: 'credentials-missing', last: onAnswer(drop(credentials)) },
  'credentials-capital': { find: 'credentials-form', credentials: 'True' },
  'only-on-the-answer': { find: 'preflight-origin-missing', last: onPreflight(drop(origin)) },
  'only-on-the-preflight': { find: 'answer-origin-missing', last: onAnswer(drop(origin)) },
  'nothing': { find: 'no-cors-headers', allow: () => undefined, last: drop('vary') },
  'own-host-allowed': { find: 'origin-not-allowed', allow: () => 'https://api.example' },
  'localhost-allowed': { find: 'origin-not-allowed', allow: (origin) => (origin === 'http://localhost:3000' ? origin : undefined) },
  'refused-by-an-exception': { find: 'origin-not-allowed', also: ['refusal-is-error'], never: ['errors-unreadable'], says: 'is answered 500 to Origin', allow: () => 'https://admin.example', last: (reply, { origin: from }) => from && from !== 'https://admin.example' && status(500)(reply), flags: visitor },
  'refused-by-an-exception-first': { find: 'origin-not-allowed', never: ['preflight-status'], says: 'is answered 500 to Origin', allow: () => 'https://admin.example', last: (reply, { origin: from }) => from && from !== 'https://admin.example' && status(500)(reply) },
  'refused-by-403': { find: 'origin-not-allowed', says: 'is answered 403 to Origin', allow: () => 'https://admin.example', last: (reply, { origin: from }) => from && from !== 'https://admin.example' && status(403)(reply), flags: [...anonymous, '-H', 'X-A: 1'] },
  'refused-by-403-without-headers': { find: 'origin-not-allowed', says: '200 without Origin', allow: () => undefined, last: (reply, { origin: from }) => { drop('vary')(reply); if (from) status(403)(reply); }, flags: anonymous },
  'method-missing': { find: 'method-not-allowed', methods: 'GET, POST' },
  'method-in-lower-case': { find: 'method-not-allowed', methods: 'GET, PATCH', flags: [...visitor, '-X', 'patch'] },
  'header-missing': { find: 'header-not-allowed', headers: 'Content-Type' },
  'authorization-by-wildcard': { find: 'header-not-allowed', headers: '*', allow: () => '*', credentials: undefined, flags: [...anonymous, '-H', 'Authorization: Bearer x'] },
  'lists-by-wildcard': { find: 'list-wildcard-with-credentials', methods: '*', headers: '*' },
  'lists-in-brackets': { find: 'preflight-lists-malformed', methods: '[GET, PUT]' },
  'errors-bare': { find: 'errors-unreadable', last: (reply) => reply.status >= 400 && drop(origin, credentials)(reply), flags: [...visitor, '--error-path', '/broken'] },
  'not-found-bare': { find: 'errors-unreadable', last: (reply) => reply.status >= 400 && drop(origin, credentials)(reply) },
  'own-error-bare': { find: 'errors-unreadable', last: onAnswer((reply) => { reply.status = 500; drop(origin)(reply); }), flags: visitor },
  'redirect-to-login': { find: 'redirect-blocked', says: 'a redirect to "/redirect-to-login/login"', last: onAnswer(status(302, { location: '/login' })), flags: visitor },
  'session-cookie-lax': { find: 'cookie-not-sent', last: (reply) => { reply.headers['set-cookie'] = 'session=1; Path=/; HttpOnly; SameSite=Lax'; } },
  'session-cookie-insecure': { find: 'cookie-not-sent', last: (reply) => { reply.headers['set-cookie'] = 'session=1; SameSite=None'; } },
  'no-vary': { find: 'vary-missing', last: drop('vary') },
  'no-vary-but-cached': { find: 'vary-missing', severity: 'medium', last: (reply) => { drop('vary')(reply); reply.headers['cache-control'] = 'public, max-age=60'; } },
  'vary-only-when-allowed': { find: 'vary-missing-when-refused', last: (reply) => { reply.headers['cache-control'] = 'max-age=60'; if (!reply.headers[origin]) drop('vary')(reply); } },
  'refusal-raised': { find: 'refusal-is-error', last: (reply, { origin: from }) => from && from !== app && status(500)(reply) },
  'origin-demanded': { find: 'no-origin-refused', last: (reply, { origin: from }) => from || status(403)(reply) },
  'null-without-credentials': { find: 'null-origin', credentials: undefined, allow: (origin) => (origin === app || origin === 'null' ? origin : undefined), flags: anonymous },
  'ends-with-without-credentials': { find: 'lookalike-origin', credentials: undefined, allow: (origin) => (origin?.endsWith('app.example') ? origin : undefined), flags: anonymous },
  'max-age-with-unit': { find: 'max-age-malformed', maxAge: '10m' },
  'expose-with-semicolon': { find: 'expose-malformed', never: ['headers-hidden'], says: 'X-Total-Count; ETag', last: (reply) => { set('access-control-expose-headers', 'X-Total-Count; ETag')(reply); reply.headers['x-total-count'] = '7'; } },
  'expose-in-quotes': { find: 'expose-malformed', never: ['headers-hidden'], last: (reply) => { set('access-control-expose-headers', 'etag, "')(reply); reply.headers.etag = '"1"'; } },
  'expose-by-wildcard': { find: 'expose-wildcard-with-credentials', last: set('access-control-expose-headers', '*') },
};

export const fine = {
  'allowlist': {},
  'allowlist-without-credentials': { credentials: undefined, flags: [...anonymous, '-X', 'PUT', '-H', 'X-A: 1'] },
  'public': { stranger: { read: 'without credentials', send: 'without credentials', sends: 'PUT' }, allow: () => '*', credentials: undefined, flags: anonymous },
  'public-with-credentials': { stranger: { read: 'without credentials', send: 'without credentials', sends: 'PUT, DELETE' }, allow: () => '*', methods: '*', flags: anonymous },
  'public-with-preflight': { stranger: { send: 'without credentials', sends: 'PUT' }, allow: () => '*', credentials: undefined, flags: [...anonymous, '-X', 'PUT', '-H', 'Content-Type: application/json'] },
  'public-by-reflection': { stranger: { read: 'without credentials', send: 'without credentials', sends: 'PUT' }, allow: (origin) => origin, credentials: undefined, flags: anonymous },
  'one-origin-always': { allow: () => app, last: drop('vary') },
  'simple-only': { stranger: { read: 'no', send: 'no', sends: '', disguisedRead: 'no', disguises: '' }, options: 404, methods: undefined, flags: visitor },
  'no-such-method': { last: onPreflight((reply) => reply.status === 204 || drop(origin)(reply)), methods: 'GET', headers: undefined, flags: visitor },
  'two-origins': { allow: (origin) => ([app, 'https://admin.example'].includes(origin) ? origin : undefined), flags: [...front, '--origin', 'https://admin.example'] },
  'subdomains-meant': { allow: matching(/^https:\/\/([a-z0-9-]+\.)*app\.example$/), flags: [...front, '--intend', 'https://*.app.example'] },
  'refuses-with-403': { last: (reply, { origin: from }) => from && from !== app && status(403, { vary: 'Origin' })(reply) },
  'session-cookie': { last: (reply) => { reply.headers['set-cookie'] = 'session=1; Path=/; HttpOnly; SameSite=None; Secure'; } },
  'not-stored': { last: (reply) => { drop('vary')(reply); reply.headers['cache-control'] = 'no-store'; } },
  'long-max-age': { maxAge: '604800' },
  'exposes': { last: (reply) => { set('access-control-expose-headers', 'ETag, X-Total-Count')(reply); reply.headers.etag = '"1"'; } },
  'redirects-with-headers': { last: onAnswer((reply, { request }) => { if (request.path === '/me') { reply.status = 307; reply.headers.location = '/me/'; } else if (request.path === '/me/') reply.status = 200; }), flags: visitor },
  'http-is-meant': { allow: matching(/^https?:\/\/app\.example$/), flags: [...visitor, '--intend', 'http://app.example'] },
  'odd-header-name': { last: onAnswer((reply) => { reply.headers["x-ratelimit'.`id`.'"] = '1'; }), flags: visitor },
  'redirects-to-localhost': { ends: true, last: onAnswer((reply, { request }) => { if (request.path === '/me') { reply.status = 302; reply.headers.location = `http://localhost:${request.headers.host.split(':')[1]}/allowlist/me`; } }), flags: visitor },
  'redirects-to-another-host': { ends: true, last: onAnswer((reply, { request }) => { if (request.path === '/me') { reply.status = 302; reply.headers.location = 'https://other.example/'; } }), flags: visitor },
  'wants-authorization': { headers: 'Authorization', last: (reply, { isPreflight, request }) => { if (!isPreflight && !request.headers.authorization) reply.status = 401; }, flags: [...visitor, '-H', 'Authorization: Bearer x'] },
};

for (const one of [...Object.values(wrong), ...Object.values(fine)]) one.flags ??= front;
