/* caps.mjs ENGINE...: how long a browser remembers a preflight at most, whatever the server says.
 * The browser runs under libfaketime (Debian: package faketime), with a clock that a file moves on;
 * a preflight says max-age 1000000, and what is looked at is whether there is another one shortly
 * before, and shortly after, what spec-tables/engines.tsv has as its cap. Invariant: the clock is
 * moved between situations only; an engine has two minutes, for a browser may hang under a clock
 * that is not its own. Exit status: 0 as the table says, 1 not, 77 the browser or the library is
 * missing. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, makeDirectory, within } from "./browsers/process.mjs";
import { openLaboratory } from "./laboratory.mjs";

const SKIP = 77;
const MARGIN = 10;
const SECONDS_AN_ENGINE = 120;
const LIBRARIES = ["x86_64", "aarch64", "arm", "i386"].map((machine) =>
    `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`);
const TABLE = fileURLToPath(new URL("../../spec-tables/engines.tsv", import.meta.url));

/* The cell of a constant; 0 for none. */
function constantOf(engine, constant) {
    const rows = readFileSync(TABLE, "utf8").split("\n").filter((line) => !line.startsWith("#"))
        .map((line) => line.split("\t"));
    const row = rows.find(([name]) => name === constant);
    return Number(row[rows[0].indexOf(engine)].replace("-", "0"));
}

function script(directory, name, line) {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    return path;
}

/* What sets the browser's clocks, the monotonic one too: that is what they measure with. In Chromium
 * only the processes that have the network get it, through a wrapper: the page's hang with it. */
function fakeClock(engine, library) {
    const directory = makeDirectory();
    const file = join(directory, "clock");
    const set = (seconds) => writeFileSync(file, `+${seconds}s\n`);
    const faked = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1" };
    set(0);
    if (engine !== "chromium") {
        Object.assign(process.env, faked);
        return set;
    }
    const assignments = Object.entries(faked).map(([name, value]) => `${name}='${value}'`).join(" ");
    const faking = script(directory, "faking", `${assignments} exec "$@"`);
    const own = findProgram("chromium", "chromium-browser", "google-chrome");
    script(directory, "chromium", `exec ${own} --utility-cmd-prefix=${faking} "$@"`);
    process.env.PATH = `${directory}:${process.env.PATH}`;
    return set;
}

const ANYONE = ["Access-Control-Allow-Origin", "*"];

/* A PUT, with what answers it and its preflight. `max` null: no Access-Control-Max-Age. */
function putTo(path, max) {
    const age = max === null ? [] : [["Access-Control-Max-Age", String(max)]];
    return {
        id: "caps", page: "https://app.caps.example/",
        steps: [{
            op: "fetch", method: "PUT", headers: [], url: `https://api.caps.example/${path}`,
            responses: [
                { for: "preflight", status: 204,
                  headers: [ANYONE, ["Access-Control-Allow-Methods", "PUT"], ...age] },
                { for: "actual", status: 200, headers: [ANYONE], body: "x" },
            ],
        }],
    };
}

/* Whether each of these situations was preflighted. */
async function preflights(laboratory, situations) {
    const observed = await laboratory.play(situations, () => {});
    return observed.map(({ problem, steps }, i) => {
        if (problem) throw new Error(`${situations[i].id}: ${problem}`);
        return steps[0].wire.some(({ method }) => method === "OPTIONS");
    });
}

/* Once shortly before `cap`, and once, from anew, shortly after. */
async function measure(laboratory, setClock, { name, cap, max, from }) {
    const seen = [];
    const ask = async () =>
        (await preflights(laboratory, [putTo(name, max)]))[0];
    setClock(from);
    const first = await ask();
    setClock(from + cap - MARGIN);
    seen.push(await ask());
    setClock(from + cap + MARGIN);
    seen.push(await ask());
    const said = `${name}: preflight at 0 s ${first}, at ${cap - MARGIN} s ${seen[0]}, ` +
        `at ${cap + MARGIN} s ${seen[1]}`;
    process.stdout.write(`${laboratory.version}: ${said}\n`);
    return first && !seen[0] && seen[1];
}

async function run(engine, library) {
    const setClock = fakeClock(engine, library);
    const laboratory = await openLaboratory(engine);
    try {
        return await measure(laboratory, setClock, {
            name: "cap", cap: constantOf(engine, "max-age-cap"), max: 1000000, from: 0,
        });
    } finally {
        await laboratory.close();
    }
}

const library = LIBRARIES.find(existsSync);
if (library === undefined) {
    process.stdout.write("SKIP: libfaketime is not installed (package faketime)\n");
    process.exit(SKIP);
}
let status = 0;
for (const engine of process.argv.slice(2)) {
    try {
        if (!(await within(SECONDS_AN_ENGINE, run(engine, library), "its cap"))) status = 1;
    } catch (error) {
        process.stdout.write(`${error.missing ? "SKIP" : engine}: ${error.message}\n`);
        status = error.missing ? status || SKIP : 1;
    }
}
process.exit(status);
