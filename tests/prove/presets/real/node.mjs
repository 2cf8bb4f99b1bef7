// node fuzz/adapters/javascript.mjs ./node.mjs PRESET [--credentials] STRING...: the middlewares of
// the npm registry that install.sh put into the folder CORSIM_PRESETS_NODE, each in a server on
// loopback.
import { createRequire } from 'node:module';
import http from 'node:http';

const require = createRequire(`${process.env.CORSIM_PRESETS_NODE}/`);
const credentials = process.argv.includes('--credentials');
const [preset, ...strings] = process.argv.slice(3).filter((a) => a !== '--credentials');
const patterns = () => strings.map((s) => new RegExp(s));
// One string, and not a list, is what `origin: '…'` means; a name that ends in -string does that.
const value = { string: () => strings[0], list: () => strings }[preset.split('-')[1]] ?? patterns;

async function express() {
  const app = require('express')();
  app.use(require('cors')({ origin: value(), credentials }));
  app.get('/', (_, response) => response.end());
  return http.createServer(app);
}
async function fastify() {
  const app = require('fastify')();
  await app.register(require('@fastify/cors'), { origin: value(), credentials });
  app.get('/', async () => '');
  await app.ready();
  return app.server;
}
async function koa() {
  const app = new (require('koa'))();
  app.use(require('@koa/cors')({ origin: value(), credentials }));
  app.use((context) => { context.body = 'ok'; });
  return http.createServer(app.callback());
}
async function hapi() {
  const server = require('@hapi/hapi').server({ host: '127.0.0.1', port: 0 });
  const cors = { origin: strings, credentials };
  server.route({ method: 'GET', path: '/', handler: () => '', options: { cors } });
  await server.initialize();
  return server.listener;
}
async function hono() {
  const app = new (require('hono').Hono)();
  app.use('*', require('hono/cors').cors({ origin: value(), credentials }));
  app.get('/', (context) => context.text(''));
  return http.createServer(async (request, response) => {
    const answer = await app.request('/', { headers: { origin: request.headers.origin } });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end();
  });
}

const server = await { express, fastify, koa, hapi, hono }[preset.split('-')[0]]();
await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
// Nothing of the server keeps this program from ending after the last answer.
server.unref().on('connection', (socket) => socket.unref());
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

export default (origin) => new Promise((done, failed) => {
  const { port } = server.address();
  const options = { host: '127.0.0.1', port, path: '/', agent, headers: { origin } };
  http.get(options, (response) => {
    response.resume().on('end', () => {
      done([response.headers['access-control-allow-origin'],
        response.headers['access-control-allow-credentials'] === 'true']);
    });
  }).on('error', failed);
});
