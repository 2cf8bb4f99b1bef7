#!/usr/bin/env node
/* Whether a browser really sends the origins that `bench/bypass --witnesses FILE` wrote: a page of
 * each is loaded in the laboratory of tests/browsers and fetches from somewhere else, and the
 * Origin of that request is compared byte for byte.
 *
 *     send.mjs FILE [--engine chromium|firefox|webkit] [--json FILE]
 *
 * Prints a line for each: `sent`; `differs` and what was sent; or `not loaded` and why, if the spec
 * tables say it or the host is on the HSTS preload list. Exit status: 0 all were sent or that is
 * known of them; 1 not; 2 usage; 77 the browser is not installed. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readTable } from "../../tests/browsers/hosts/table.mjs";
import { openLaboratory } from "../../tests/browsers/laboratory.mjs";

const tableOf = (name) =>
    readTable(fileURLToPath(new URL(`../../spec-tables/${name}.tsv`, import.meta.url))).rows;

const SANDBOX = ["Content-Security-Policy", "sandbox allow-scripts"];

const get = (url, mode) => ({
    op: "fetch", method: "GET", headers: [], cache: "no-store", url, mode,
    responses: [{ status: 200, statusText: "OK", headers: [], body: "" }],
});

/* The page's host is the witness's, so the situation names it; the other host holds the id. */
function situationOf(origin, i) {
    const id = `w${i}`, opaque = origin === "null";
    const page = opaque ? `http://page.${id}.laboratory.example/` : `${origin}/`;
    const scheme = page.startsWith("https:") ? "https" : "http";
    return { id, page, hosts: [new URL(page).hostname], pageHeaders: opaque ? [SANDBOX] : [],
             steps: [get(`${scheme}://sink.${id}.laboratory.example/`, "cors")] };
}

/* Another page asks for something of the witness's host: the scheme that goes out is seen. */
const upgradeOf = (origin, i) =>
    ({ id: `u${i}`, page: `http://page.u${i}.laboratory.example/`,
       hosts: [new URL(origin).hostname], steps: [get(`${origin}/`, "no-cors")] });

/* What the spec tables know against it, or null. */
function reasonOf(origin, engine, { bytes, ports }) {
    const { hostname, port, protocol } = new URL(origin);
    if (ports.some((row) => row.port === port)) return `port ${port} is blocked (ports.tsv)`;
    for (const character of hostname.replace(/^\[.*\]$/, "")) {
        const byte = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
        const row = bytes.find((one) =>
            one.byte === byte && ["any", protocol.slice(0, -1)].includes(one.scheme));
        if (row !== undefined && row[engine] !== "as-is")
            return `${character} in a host: ${row[engine]} (host-bytes.tsv)`;
    }
    return null;
}

/* { origin, outcome, sent, why, expected } of an observation. */
function judge(origin, { steps, problem }, engine, tables) {
    const request = steps[0]?.wire.find(({ method }) => method === "GET");
    const sent = request?.headers.find(([name]) => name.toLowerCase() === "origin")?.[1] ?? null;
    if (sent === origin) return { origin, outcome: "sent", expected: true };
    const why = origin === "null" ? null : reasonOf(origin, engine, tables);
    if (request !== undefined)
        return { origin, outcome: "differs", sent, why, expected: why !== null };
    return { origin, outcome: "not loaded", why: why ?? problem ?? "no request came",
             expected: why !== null };
}

/* Browsers ask for hosts on their HSTS preload list by https, whatever the URL says. */
async function explainUpgrades(results, laboratory) {
    const left = results.filter(({ origin, outcome, expected }) =>
        outcome === "not loaded" && !expected && origin.startsWith("http:"));
    const seen = await laboratory.play(left.map(({ origin }, i) => upgradeOf(origin, i)));
    for (const [i, result] of left.entries()) {
        if (!seen[i].steps[0]?.wire.some(({ url }) => url.startsWith("https:"))) continue;
        Object.assign(result, { expected: true,
                                why: "the browser asks that host by https only (HSTS preload)" });
    }
}

async function sendAll(origins, engine) {
    const tables = { bytes: tableOf("host-bytes"), ports: tableOf("ports") };
    const laboratory = await openLaboratory(engine);
    try {
        const situations = origins.map(situationOf);
        let done = 0;
        const observations = await laboratory.play(situations, () => {
            if (++done % 50 === 0) process.stderr.write(`${done}/${origins.length}\n`);
        });
        const results = observations.map((observation, i) =>
            judge(origins[i], observation, engine, tables));
        await explainUpgrades(results, laboratory);
        return { version: laboratory.version, results };
    } finally {
        await laboratory.close();
    }
}

const lineOf = ({ origin, outcome, sent, why, expected }) =>
    [expected ? outcome : `UNEXPLAINED: ${outcome}`, origin,
     ...outcome === "differs" ? [`it sent ${sent}`] : [], ...why ? [why] : []].join("\t");

function report({ version, results }, json) {
    for (const result of results) console.log(lineOf(result));
    const count = (what) => results.filter(({ outcome }) => outcome === what).length;
    console.log(`${version}: ${results.length} origins, ${count("sent")} sent exactly, ` +
                `${count("differs")} otherwise, ${count("not loaded")} not loaded`);
    if (json !== undefined)
        writeFileSync(json, `${JSON.stringify({ version, results }, null, 2)}\n`);
    return results.length > 0 && results.every(({ expected }) => expected) ? 0 : 1;
}

async function main() {
    let file, options;
    try {
        ({ values: options, positionals: [file] } = parseArgs({
            allowPositionals: true,
            options: { engine: { type: "string", default: "chromium" }, json: { type: "string" } },
        }));
        if (file === undefined) throw new Error("which file?");
    } catch (error) {
        console.error(`send.mjs: ${error.message}`);
        return 2;
    }
    const origins = readFileSync(file, "utf8").split("\n").filter((line) => line !== "");
    try {
        return report(await sendAll(origins, options.engine), options.json);
    } catch (error) {
        if (!error.missing) throw error;
        console.log(`SKIP ${error.message}`);
        return 77;
    }
}

process.exitCode = await main();
