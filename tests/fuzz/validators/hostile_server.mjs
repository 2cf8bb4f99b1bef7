// A server on loopback that does what servers do to who asks too much. Prints its port. The path says
// how it behaves; /count/PATH answers, as an allowed origin, how many requests PATH has had, over how many
// connections. It ends when its stdin does.
import { createServer } from 'node:http';

const counts = {}, connections = {};
let number = 0;

// Each is given the request, the response, and how many there have been before of this path.
const paths = {
  '/echo': (request, response) => response.end('ok'),
  '/nothing': (request, response) => { response.removeHeader('access-control-allow-origin'); response.end(); },
  '/twice': (request, response) => { response.setHeader('access-control-allow-origin', ['*', '*']); response.end(); },
  '/credentials': (request, response) => { response.setHeader('access-control-allow-credentials', 'true'); response.end(); },
  '/slow': (request, response) => setTimeout(() => response.end(), 300),
  '/never': () => {},
  '/reset': (request, response, before) => (before % 3 === 0 ? request.socket.resetAndDestroy() : response.end()),
  '/always-reset': (request) => request.socket.resetAndDestroy(),
  '/half': (request) => { request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx'); },
  '/rubbish': (request) => request.socket.end('rubbish\r\n\r\n'),
  '/flood': (request, response) => { if (request.method === 'HEAD') return response.end(); const pour = () => { while (response.write('x'.repeat(65536))); response.once('drain', pour); }; pour(); },
  '/429': (request, response, before) => { if (before === 2) { response.statusCode = 429; response.setHeader('retry-after', '1'); } response.end(); },
  '/503': (request, response, before) => { if (before === 0) response.statusCode = 503; response.end(); },
  '/503s': (request, response, before) => { if (before % 2 === 0 && before < 6) response.statusCode = 503; response.end(); },
  '/key': (request, response) => { response.setHeader('access-control-allow-origin', `${request.headers['x-api-key']} ${request.headers.cookie}`); response.end(); },
  '/always-429': (request, response) => { response.statusCode = 429; response.setHeader('retry-after', '1'); response.end(); },
  '/go-away': (request, response) => { response.statusCode = 429; response.setHeader('retry-after', '3600'); response.end(); },
  '/elsewhere': (request, response) => { response.statusCode = 302; response.setHeader('location', '/echo'); response.removeHeader('access-control-allow-origin'); response.end(); },
  '/no-preflight': (request, response) => { if (request.method === 'OPTIONS') response.statusCode = 405; response.end(); },
  '/strict-preflight': (request, response) => { if (request.method === 'OPTIONS' && request.headers.origin !== 'https://a.test') response.removeHeader('access-control-allow-origin'); response.end(); },
};

const server = createServer((request, response) => {
  const before = counts[request.url] ?? 0;
  counts[request.url] = before + 1;
  (connections[request.url] ??= []).push(request.socket.number);
  if (request.url.startsWith('/count/')) { // how often, and over how many connections, as an "origin"
    const path = request.url.slice('/count'.length);
    response.setHeader('access-control-allow-origin', `${counts[path] ?? 0} ${new Set(connections[path]).size}`);
    return response.end();
  }
  if (request.headers.origin) response.setHeader('access-control-allow-origin', request.headers.origin);
  (paths[request.url] ?? paths['/nothing'])(request, response, before);
});
server.on('connection', (socket) => { socket.number = ++number; socket.on('error', () => {}); });
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
