// node javascript.mjs PATTERN FLAGS: for each line of stdin where PATTERN first matches in it, as
// `start end`, or `-`. Exits 3 if it does not compile.
let pattern;
try {
  pattern = new RegExp(process.argv[2], process.argv[3]);
} catch (error) {
  console.error(error.message);
  process.exit(3);
}
let text = '';
for await (const chunk of process.stdin.setEncoding('latin1')) text += chunk;
for (const line of text.split('\n').slice(0, -1)) {
  const match = pattern.exec(line);
  console.log(match ? `${match.index} ${match.index + match[0].length}` : '-');
}
