// A server on loopback with many configurations: the first part of the path says which, the rest is what is
// asked for. `node server.mjs` prints its port and ends when its standard input does; other tests may import
// `listen`. What a configuration is stands in configurations.mjs.
import { createServer } from 'node:http';
import { answer, fine, wrong } from './configurations.mjs';

const configurations = { ...wrong, ...fine };

function respond(request, response) {
  const [, name, path] = /^\/([^/?]*)(\/[^?]*)?/.exec(request.url);
  if (!Object.hasOwn(configurations, name)) return response.writeHead(404).end();
  const reply = answer(configurations[name], { method: request.method, headers: request.headers, path: path ?? '/', url: request.url });
  if (reply.reset) return request.socket.resetAndDestroy();
  if (reply.headers.location?.startsWith('/')) reply.headers.location = `/${name}${reply.headers.location}`;
  const body = reply.status === 204 ? '' : '{"of":"the visitor"}';
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(body);
}

// The port, once it listens.
export function listen() {
  return new Promise((listening) => {
    const server = createServer(respond);
    server.listen(0, '127.0.0.1', () => listening({ server, port: server.address().port }));
  });
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith('/audit/server.mjs')) {
  const { server, port } = await listen();
  console.log(port);
  process.stdin.resume().on('end', () => { server.close(); process.exit(0); });
}
