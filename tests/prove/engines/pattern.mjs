// One engine of tests/prove: JavaScript. Protocol: engines/README.md.
import { createInterface } from 'node:readline';
const text = (hex) => Buffer.from(hex, 'hex').toString('utf8');
const full = (p) => `(?<![\\s\\S])(?:${p})(?![\\s\\S])`;
const answer = (line) => {
  const [match, given, hex, subjects] = line.split('\t');
  const sticky = match === 'prefix' ? 'y' : '';
  const flags = given.replace(sticky ? /[-y]/ : '-', '') + sticky;
  const source = text(hex);
  let pattern;
  try {
    pattern = new RegExp(source, flags);
    if (match === 'full')
      pattern = new RegExp(full(source), flags);
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
