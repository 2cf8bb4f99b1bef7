// node pages.mjs ENGINE <SITUATIONS: plays situations, given as JSON on stdin, in a real browser by the
// laboratory of tests/browsers, and writes what was observed as JSON. Exits 77 when the browser is
// not installed.
import { openLaboratory } from '../browsers/laboratory.mjs';

let text = '';
for await (const part of process.stdin) text += part;

try {
  const laboratory = await openLaboratory(process.argv[2], { stages: 1 });
  try {
    const observed = await laboratory.play(JSON.parse(text));
    process.stdout.write(JSON.stringify({ version: laboratory.version, observed }));
  } finally {
    await laboratory.close();
  }
} catch (error) {
  if (!error.missing) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 77;
}
