/* selftest.mjs ENGINE...: whether the laboratory says what happens in a browser. A few situations
 * with an outcome that every standard and every browser agrees on; then a page that hangs, a
 * browser that dies, and a laboratory that is stopped or killed. Exit status: 0 all as it must be,
 * 1 not, 77 the browser is not installed. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openLaboratory } from "./laboratory.mjs";

const SKIP = 77;

/* ---- Situations and what must be seen ----------------------------------------------------- */

const EXCEPTIONS = {
    chromium: "TypeError: Failed to fetch",
    firefox: "TypeError: NetworkError when attempting to fetch resource.",
    webkit: "TypeError: Load failed",
};

const NO_ALLOW_ORIGIN = {
    chromium: (page, url) => [
        `Access to fetch at '${url}' from origin '${page}' has been blocked by CORS policy: ` +
            "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    ],
    firefox: (page, url) => [
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote " +
            `resource at ${url}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). ` +
            "Status code: 200.",
    ],
    webkit: (page, url) => [
        `Origin ${page} is not allowed by Access-Control-Allow-Origin. Status code: 200`,
        `Fetch API cannot load ${url} due to access control checks.`,
    ],
};

const ANYONE = ["Access-Control-Allow-Origin", "*"];
const ok = (...headers) => ({ status: 200, statusText: "OK", headers, body: "hello" });
const get = (url, ...responses) => ({ op: "fetch", method: "GET", headers: [], url, responses });
const preflightFor = (method) => ({
    for: "preflight", status: 204, statusText: "No Content",
    headers: [ANYONE, ["Access-Control-Allow-Methods", method],
              ["Access-Control-Allow-Headers", "x-a"], ["Access-Control-Max-Age", "60"]],
});

/* Each: the steps, and for each step the fields that are looked at. `wire` is "METHOD url origin"
 * of each request; engines that are `spared` do otherwise, and that is theirs to do. */
const SITUATIONS = {
    "a GET without Access-Control-Allow-Origin is sent, not readable": ({ api, page, engine }) => ({
        steps: [get(`${api}/a`, ok())],
        expect: [{ result: "network-error", exception: EXCEPTIONS[engine], headers: [], body: null,
                   wire: [`GET ${api}/a ${page}`],
                   console: NO_ALLOW_ORIGIN[engine](page, `${api}/a`) }],
    }),
    "a GET with it is readable, headers too where they are exposed": ({ api, page }) => ({
        steps: [get(`${api}/a`, ok(ANYONE, ["X-A", " 1 "], ["x-a", "2"], ["X-B", "3"],
                                   ["aCCess-control-EXPOSE-headers", "X-A"]))],
        expect: [{ result: "cors", status: 200, statusText: "OK", url: `${api}/a`,
                   redirected: false, headers: [["x-a", "1, 2"]], body: "hello", exception: null, console: [],
                   wire: [`GET ${api}/a ${page}`] }],
    }),
    "nothing is added to what script reads of its own origin": ({ page }) => ({
        steps: [get(`${page}/own`, { status: 299, statusText: "Odd Reason",
                                     headers: [["X-A", "\t1 "]], body: "\u00ff\u0000x" }),
                get(`${page}/empty`, { status: 200, statusText: "", headers: [] }),
                get(`${page}/bytes`, { status: 200, headers: [["X-Bytes", "caf\u00e9"]] })],
        expect: [{ result: "basic", status: 299, statusText: "Odd Reason", headers: [["x-a", "1"]],
                   body: "\u00ff\u0000x" },
                 { result: "basic", status: 200, headers: [], body: "" },
                 /* WebKitGTK takes header values for UTF-8. */
                 { headers: [["x-bytes", "caf\u00e9"]], spared: ["webkit"] }],
    }),
    "a PUT is preflighted, and the preflight's answer is kept": ({ api, page }) => {
        const put = { ...get(`${api}/a`, preflightFor("PUT"), { ...ok(ANYONE), for: "actual" }),
                      method: "PUT", headers: [["X-A", "1"]] };
        return {
            steps: [put, { op: "wait", seconds: 1 }, put],
            expect: [{ result: "cors", wire: [`OPTIONS ${api}/a ${page}`, `PUT ${api}/a ${page}`] },
                     { result: "cors", wire: [`PUT ${api}/a ${page}`], spared: ["firefox"] }],
        };
    },
    "a redirect to another origin taints": ({ api, other, page }) => ({
        steps: [get(`${api}/from`,
                    { url: `${api}/from`, status: 302, statusText: "Found",
                      headers: [ANYONE, ["Location", `${other}/to`]] },
                    { url: `${other}/to`, ...ok(ANYONE) })],
        expect: [{ result: "cors", redirected: true, url: `${other}/to`,
                   wire: [`GET ${api}/from ${page}`, `GET ${other}/to null`] }],
    }),
    "no-cors gives an opaque response": ({ api }) => ({
        steps: [{ ...get(`${api}/a`, ok()), mode: "no-cors" },
                { ...get(`${api}/b`, { ...ok(), status: 302 }), redirect: "manual", mode: "cors" }],
        expect: [{ result: "opaque", status: 0, headers: [], body: null, wire: [`GET ${api}/a -`] },
                 { result: "network-error" }],
    }),
    "XMLHttpRequest reads, or gets an error event": ({ api, page }) => ({
        steps: [{ ...get(`${api}/a`, ok(ANYONE, ["X-A", "1"],
                                        ["Access-Control-Expose-Headers", "x-a"])), api: "xhr" },
                { ...get(`${api}/b`, ok()), api: "xhr" },
                { ...get(`${api}/c`, ok()), api: "xhr", method: "TRACE" }],
        expect: [{ result: "readable", status: 200, url: `${api}/a`, headers: [["x-a", "1"]],
                   body: "hello", wire: [`GET ${api}/a ${page}`] },
                 { result: "network-error", event: "error", wire: [`GET ${api}/b ${page}`] },
                 { result: "network-error", wire: [] }],
    }),
    "a connection that is closed is one request and a network error": ({ api, page }) => ({
        steps: [get(`${api}/a`, { error: true }), get(`${page}/own`, { error: true })],
        expect: [{ result: "network-error", wire: [`GET ${api}/a ${page}`] },
                 { result: "network-error", wire: [`GET ${page}/own -`] }],
    }),
    "a sandboxed page has the origin null": ({ api, page }) => ({
        page: `${page}/dir/sandboxed?q`,
        pageHeaders: [["Content-Security-Policy", "sandbox allow-scripts"]],
        steps: [get(`${api}/a`, ok(["Access-Control-Allow-Origin", "null"]))],
        expect: [{ result: "cors", wire: [`GET ${api}/a null`] }],
    }),
    "a page without TLS, and ports": ({ id }) => ({
        origin: `http://app.${id}.example:8080`,
        steps: [get(`http://api.${id}.example:81/a?b#c`, ok(ANYONE))],
        expect: [{ result: "cors", url: `http://api.${id}.example:81/a?b`,
                   wire: [`GET http://api.${id}.example:81/a?b http://app.${id}.example:8080`] }],
    }),
};

function situationsFor(engine) {
    return Object.entries(SITUATIONS).map(([claim, make], i) => {
        const id = `self${i}`;
        const page = `https://app.${id}.example`;
        const made = make({ id, page, engine, api: `https://api.${id}.example:8443`,
                            other: `https://other-${id}.example` });
        return { claim, expect: made.expect,
                 situation: { id, origin: page, ...made, expect: undefined } };
    });
}

/* ---- Looking ------------------------------------------------------------------------------ */

let failures = 0;

function check(what, expected, actual) {
    if (JSON.stringify(expected) === JSON.stringify(actual)) return;
    failures++;
    process.stdout.write(`FAIL ${what}\n  expected ${JSON.stringify(expected)}\n` +
                         `  but got  ${JSON.stringify(actual)}\n`);
}

const originOf = ({ headers }) =>
    headers.find(([name]) => name.toLowerCase() === "origin")?.[1] ?? "-";

function checkSteps(engine, { claim, expect }, observation) {
    check(`${claim}: problem`, undefined, observation.problem);
    check(`${claim}: steps`, expect.length, observation.steps.length);
    expect.forEach(({ spared, ...fields }, i) => {
        if (spared?.includes(engine) || observation.steps[i] === undefined) return;
        const step = { ...observation.steps[i] };
        step.wire = step.wire.map((one) => `${one.method} ${one.url} ${originOf(one)}`);
        for (const name of Object.keys(fields))
            check(`${claim}: step ${i}, ${name}`, fields[name], step[name]);
    });
}

async function checkOutcomes(engine, laboratory) {
    const entries = situationsFor(engine);
    const observations = await laboratory.play(entries.map(({ situation }) => situation));
    entries.forEach((entry, i) => checkSteps(engine, entry, observations[i]));
    return entries.length;
}

/* A page that hangs, a situation that cannot be played, a browser that dies: each is a problem of
 * that situation alone. */
async function checkTrouble(laboratory) {
    const simple = (id, more) => ({
        id, origin: `https://app.${id}.example`,
        steps: [get(`https://api.${id}.example/`, ok(ANYONE))], ...more,
    });
    const first = await laboratory.play([
        simple("before"),
        simple("hangs", { pageHeaders: [["Content-Security-Policy", "default-src 'none'"]] }),
        simple("long", { steps: [{ op: "wait", seconds: 100 }] }),
        simple("after"),
    ]);
    check("after a page that hangs", [false, true, true, false],
          first.map(({ problem }) => problem !== undefined));
    check("after a page that hangs, the next", "cors", first[3].steps[0]?.result);

    const playing = laboratory.play([
        simple("dies", { steps: [{ op: "wait", seconds: 8 }] }), simple("survives"),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await (await laboratory.stages[0].browser)?.close();
    const second = await playing;
    check("after a browser that dies", [true, false],
          second.map(({ problem }) => problem !== undefined));
    check("after a browser that dies, the next", "cors", second[1].steps[0]?.result);
}

/* ---- Nothing is left behind --------------------------------------------------------------- */

const processesWith = (text) => readdirSync("/proc").filter((pid) => {
    try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text) ||
            /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
        return false;
    }
});

async function until(condition, seconds) {
    for (let i = 0; i < seconds * 10 && !condition(); i++)
        await new Promise((resolve) => setTimeout(resolve, 100));
    return condition();
}

/* Starts this file again, which plays and then waits; resolves to the process and its folder. */
async function startHolding(engine) {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--hold", engine],
                        { stdio: ["ignore", "pipe", "inherit"] });
    const directory = await new Promise((resolve) =>
        child.stdout.on("data", (text) => resolve(text.toString().trim())));
    return { child, directory };
}

async function checkCleaning(engine) {
    for (const signal of ["SIGTERM", "SIGKILL"]) {
        const { child, directory } = await startHolding(engine);
        check(`${signal}: there is a browser`, true, processesWith(directory).length > 0);
        child.kill(signal);
        check(`${signal}: no process is left`, true,
              await until(() => processesWith(directory).length === 0, 10));
        /* When it is killed the next laboratory removes the folder. */
        if (signal !== "SIGKILL")
            check(`${signal}: no folder is left`, true,
                  await until(() => !existsSync(directory), 10));
    }
}

async function hold(engine) {
    const laboratory = await openLaboratory(engine);
    await laboratory.play([situationsFor(engine)[0].situation]);
    process.stdout.write(`${laboratory.directory}\n`);
    setInterval(() => {}, 1000);
}

/* ---- The command -------------------------------------------------------------------------- */

async function test(engine) {
    const started = Date.now();
    const log = (text) => console.log(`# ${text}`);
    const laboratory = await openLaboratory(engine, { log });
    let count;
    try {
        count = await checkOutcomes(engine, laboratory);
        await checkTrouble(laboratory);
    } finally {
        await laboratory.close();
    }
    check("when it is closed, no folder is left", false, existsSync(laboratory.directory));
    await checkCleaning(engine);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${laboratory.version}: ${count} situations, ${seconds} s, ${failures} failures`);
}

const engines = process.argv.slice(2);
if (engines[0] === "--hold") {
    await hold(engines[1]);
} else {
    try {
        for (const engine of engines) await test(engine);
        process.exitCode = failures === 0 ? 0 : 1;
    } catch (error) {
        if (!error.missing) throw error;
        console.log(`SKIP: ${error.message}`);
        process.exitCode = SKIP;
    }
}
