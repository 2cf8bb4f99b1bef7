// Node's `new URL` over the URLs of a file, one a line, as bench/urls.c does it: rounds after a
// warm-up, the median and the best of them. Every result is used, so that none is optimized away.
//
//   node url.mjs NAME FILE
import { readFileSync } from "node:fs";

const [name, file] = process.argv.slice(2);
const urls = readFileSync(file, "utf8").trimEnd().split("\n");
const WARM_UP = 3000;
const TIMES = 2000;
const ROUNDS = 11;

function parseAll(times) {
  let length = 0;
  for (let i = 0; i < times; i++) {
    for (const url of urls) length += new URL(url).href.length;
  }
  return length;
}

function round() {
  const start = process.hrtime.bigint();
  const length = parseAll(TIMES);
  const end = process.hrtime.bigint();
  if (length % TIMES !== 0) throw new Error("not the same URLs each time");
  return Number(end - start) / TIMES / urls.length;
}

parseAll(WARM_UP);
const rounds = Array.from({ length: ROUNDS }, round).sort((a, b) => a - b);
console.log([name, "URL", rounds[ROUNDS >> 1].toFixed(1), rounds[0].toFixed(1)].join("\t"));
