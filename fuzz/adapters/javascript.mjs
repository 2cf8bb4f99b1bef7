// corsim fuzz --exec 'node javascript.mjs ./yours.mjs': its default export (or `validate`) is given the
// Origin header's value and returns, or promises, what it would send: nothing or false; true, for the
// origin itself; a string; or [one of these, whether credentials are allowed]. To throw is to refuse (../protocol.md).
import { pathToFileURL } from 'node:url';
console.log = console.info = console.error; // only answers may go to stdout
const yours = await import(pathToFileURL(process.argv[2]));
const validate = yours.default ?? yours.validate;
if (typeof validate !== 'function') throw new TypeError('it exports no function');
const unescape = (line) => line.replace(/\\(\\|x..)/g, (_, e) => (e === '\\' ? e : String.fromCharCode(`0${e}`)));
const escape = (value) => Buffer.from(value, 'latin1').toString('latin1').replace(/[^ -[\]-~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
const answer = (origin, [value, credentials]) => (value === false || value == null ? '-' : escape(value === true ? origin : String(value)) + (credentials ? '\tcredentials' : ''));
const asked = async (origin) => { try { return await validate(origin); } catch (error) { return console.error('%s', error); } };
process.stdout.write('corsim-validator 1\n');
let rest = '';
for await (const chunk of process.stdin.setEncoding('latin1')) {
  const lines = (rest + chunk).split('\n'), answers = [];
  rest = lines.pop();
  for (const origin of lines.map(unescape)) answers.push(answer(origin, [await asked(origin)].flat()));
  process.stdout.write(answers.map((line) => `${line}\n`).join(''));
}
