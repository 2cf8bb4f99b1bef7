// jsdom's XMLHttpRequest against a server on loopback in another process, one request after the
// other, as a test suite would run it. jsdom has no way to decide without sending, so what is
// measured contains the transport. What the transport costs is measured beside it: the same requests
// by Node's http client alone, and a same-origin request, on which CORS has no say.
//
//   node jsdom.mjs FOLDER-WITH-NODE_MODULES
import { fork } from "node:child_process";
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const PAGE = "http://app.example.com";
const WARM_UP = 300;
const TIMES = 200;
const ROUNDS = 11;

// The response of bench/decisions.c; Date and Connection are Node's.
function respond(request, response) {
  request.resume();
  response.setHeader("Server", "nginx");
  response.setHeader("Vary", "Origin, Accept-Encoding");
  response.setHeader("Access-Control-Allow-Origin", PAGE);
  if (request.method === "OPTIONS") {
    response.setHeader("Access-Control-Allow-Methods", "GET, PUT, DELETE");
    response.setHeader("Access-Control-Allow-Headers", "Content-Type, X-Revision");
    response.setHeader("Access-Control-Max-Age", "600");
    response.writeHead(204).end();
    return;
  }
  const body = "{}";
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", body.length);
  response.setHeader("Cache-Control", "private, max-age=0, must-revalidate");
  response.setHeader("ETag", '"5f2b-a81c93de"');
  response.setHeader("X-Request-Id", "0b2c7d4e-7a1f-4f0e-9a44-6f2f9d6b1c11");
  response.setHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  response.setHeader("Access-Control-Expose-Headers", "X-Request-Id, ETag");
  response.end(body);
}

function byXmlHttpRequest(window, method, url, headers, body) {
  return new Promise((resolve, reject) => {
    const xhr = new window.XMLHttpRequest();
    xhr.open(method, url);
    for (const [name, value] of headers) xhr.setRequestHeader(name, value);
    xhr.onload = () =>
      xhr.getResponseHeader("X-Request-Id") === null ? reject(new Error("unreadable")) : resolve();
    xhr.onerror = () => reject(new Error("network error"));
    xhr.send(body);
  });
}

const agent = new http.Agent({ keepAlive: true });

function byHttpClient(method, url) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent, headers: { Origin: PAGE } }, (response) => {
      response.resume();
      response.on("end", resolve);
    });
    request.on("error", reject);
    request.end();
  });
}

async function time(name, operation) {
  for (let i = 0; i < WARM_UP; i++) await operation();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < TIMES; i++) await operation();
    rounds.push(Number(process.hrtime.bigint() - start) / TIMES);
  }
  rounds.sort((a, b) => a - b);
  console.log([name, "decision", rounds[ROUNDS >> 1].toFixed(0), rounds[0].toFixed(0)].join("\t"));
}

async function measure(folder, origin) {
  const require = createRequire(pathToFileURL(`${folder}/`));
  const { JSDOM, VirtualConsole } = require("jsdom");
  const page = (url) => new JSDOM("", { url, virtualConsole: new VirtualConsole() }).window;
  const url = `${origin}/v1/items/17?fields=name,price`;
  const foreign = page(`${PAGE}/items/17`);
  const own = page(`${origin}/items/17`);
  const put = [["X-Revision", "7"]];
  await time("jsdom/simple", () => byXmlHttpRequest(foreign, "GET", url, []));
  await time("jsdom/preflighted", () => byXmlHttpRequest(foreign, "PUT", url, put, '{"price":12}'));
  await time("jsdom/same-origin", () => byXmlHttpRequest(own, "GET", url, []));
  await time("jsdom/transport", () => byHttpClient("GET", url));
}

if (process.send) {
  const server = http.createServer(respond);
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
  process.on("disconnect", () => process.exit(0));
} else {
  const server = fork(process.argv[1]);
  server.once("message", async (port) => {
    try {
      await measure(process.argv[2], `http://127.0.0.1:${port}`);
      process.exit(0);
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  });
}
