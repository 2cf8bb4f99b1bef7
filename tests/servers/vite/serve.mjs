// node serve.mjs FILE=PORT...: Vite's development server with each file's configuration on its port
// of 127.0.0.1, before one API on a port that it finds for itself. NODE_PATH is where npm put vite.
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.NODE_PATH}/`);
const { createServer } = await import(pathToFileURL(require.resolve('vite')));

const ANSWERS = {
  '/api/me': [200, '{"user":"me"}'],
  '/api/error': [500, '{"error":"no database"}'],
};
const api = http.createServer((request, response) => {
  const [status, body] = ANSWERS[request.url] ?? [404, '{"error":"no such thing"}'];
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
});
await new Promise((done) => { api.listen(0, '127.0.0.1', done); });

for (const pair of process.argv.slice(2)) {
  const [, file, port] = /^(.*)=(\d+)$/.exec(pair);
  const configuration = (await import(pathToFileURL(resolve(file)))).default;
  const { server } = configuration(`http://127.0.0.1:${api.address().port}`);
  const vite = await createServer({
    configFile: false, root: process.cwd(), cacheDir: `${tmpdir()}/vite-${port}`,
    logLevel: 'silent', optimizeDeps: { noDiscovery: true },
    server: { ...server, host: '127.0.0.1', port: Number(port), strictPort: true, ws: false,
      watch: null },
  });
  await vite.listen();
}
