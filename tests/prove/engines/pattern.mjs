// One engine of tests/prove: JavaScript. Protocol: engines/README.md.
import { createInterface } from 'node:readline';
const text = (hex) => Buffer.from(hex, 'hex').toString('utf8');
const wrap = { search: (p) => p, prefix: (p) => p, full: (p) => `(?<![\\s\\S])(?:${p})(?![\\s\\S])` };
const answer = (line) => {
  const [match, given, hex, subjects] = line.split('\t');
  const flags = given.replace('-', '');
  const source = text(hex);
  let pattern;
  try {
    pattern = new RegExp(source, flags + (match === 'prefix' ? 'y' : ''));
    pattern = new RegExp(wrap[match](source), flags + (match === 'prefix' ? 'y' : ''));
  } catch (error) {
    return `error ${error.message.replace(/[\r\n]/g, ' ')}`;
  }
  return subjects.split(',').map((subject) => {
    pattern.lastIndex = 0;
    return pattern.test(text(subject)) ? '1' : '0';
  }).join('');
};
for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${answer(line)}\n`);
