// node serve.cjs FILE=PORT...: S3rver on each port of 127.0.0.1, with a bucket "bucket" that has
// the rules of the file. NODE_PATH is where npm put s3rver; objects are kept below the working
// directory.
const fs = require('node:fs');
const S3rver = require('s3rver');

async function serve(file, port) {
  const directory = `${process.cwd()}/objects-${port}`;
  fs.mkdirSync(directory, { recursive: true });
  const bucket = 'bucket';
  const server = new S3rver({
    silent: true, directory, configureBuckets: [{ name: bucket, configs: [fs.readFileSync(file)] }],
  });
  await server.configureBuckets();
  await server.store.putObject({ bucket, key: 'me', content: Buffer.from('{"user":"me"}'),
    metadata: { 'content-type': 'application/json' } });
  await server.listen(port, '127.0.0.1');
}

for (const pair of process.argv.slice(2)) {
  const [, file, port] = /^(.*)=(\d+)$/.exec(pair);
  serve(file, port);
}
