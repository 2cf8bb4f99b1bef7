// node serve.cjs FILE=PORT...: each file's configuration of Express on its port of 127.0.0.1,
// before the same routes. NODE_PATH is where npm put the packages.
const path = require('node:path');
const express = require('express');

for (const pair of process.argv.slice(2)) {
  const [, file, port] = /^(.*)=(\d+)$/.exec(pair);
  const app = express();
  let posts = 0;
  app.set('env', 'test'); // no stack traces on stderr
  require(path.resolve(file))(app);
  app.get('/me', (request, response) => response.json({ user: 'me' }));
  app.put('/me', (request, response) => response.json({ saved: true }));
  app.post('/me', (request, response) => response.json({ posts: ++posts }));
  app.get('/posts', (request, response) => response.json({ posts }));
  app.get('/error', () => { throw new Error('no database'); });
  app.listen(Number(port), '127.0.0.1');
}
