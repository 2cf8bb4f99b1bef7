/* The benchmark of what finds bypasses of origin validators. Every check of corpus/validators
 * (vulnerable, its fixed twin, true negatives) goes through the methods that are asked for, and
 * what comes of it is printed.
 *
 *     bench/bypass [--quick] [--corsim BIN] [--build DIR] [--seeds 5] [--seconds 10] [--jobs N]
 *                  [--only ID]... [--methods corscanner,corsy,libfuzzer,afl,ours]
 *                  [--json FILE] [--witnesses FILE] [--check PROGRAM]
 *
 * --build is a build folder; without it there will be one in build/bypass. --seconds is the most
 * for one run. --quick is `--methods ours --seeds 1` with the first, small budget only. --witnesses
 * gets the origins that ours found, for send.mjs.
 * Exit status: 0; 1 ours misses one, has a false alarm or a witness that no browser sends, or takes
 * more than a tenth of plain libFuzzer's executions; 2 usage, or something
 * that it needs is missing; 77 there is no check that can be run here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Targets } from "./engines.mjs";
import { measure } from "./measure.mjs";
import { run, succeed } from "./processes.mjs";
import { METHODS, summarize, textOf } from "./report.mjs";
import { readPlan } from "./validators.mjs";

const source = fileURLToPath(new URL("../..", import.meta.url));

class Usage extends Error {}

function optionsOf() {
    let values;
    try {
        ({ values } = parseArgs({ options: {
            build: { type: "string" }, corsim: { type: "string" },
            check: { type: "string", default: join(source, "tests/fuzz/corpus/check") },
            seeds: { type: "string", default: "5" }, seconds: { type: "string", default: "10" },
            jobs: { type: "string", default: String(cpus().length) },
            only: { type: "string", multiple: true, default: [] },
            methods: { type: "string", default: METHODS.join(",") },
            json: { type: "string" }, witnesses: { type: "string" },
            quick: { type: "boolean", default: false }, help: { type: "boolean", short: "h" },
        } }));
    } catch (error) {
        throw new Usage(error.message);
    }
    const options = { ...values, methods: values.methods.split(",") };
    for (const name of ["seeds", "seconds", "jobs"]) {
        options[name] = Number(values[name]);
        if (!(Number.isInteger(options[name]) && options[name] > 0))
            throw new Usage(`--${name} ${values[name]}: expected a whole number from 1`);
    }
    for (const method of options.methods)
        if (!METHODS.includes(method)) throw new Usage(`there is no method ${method}`);
    return options.quick ? { ...options, seeds: 1, methods: ["ours"] } : options;
}

const USAGE = "usage: bench/bypass [--quick] [--corsim BIN] [--build DIR] [--seeds N] " +
    "[--seconds N]\n    [--jobs N] [--only ID]... " +
    `[--methods ${METHODS.join(",")}]\n    [--json FILE] [--witnesses FILE] [--check PROGRAM]\n`;

/* A build of our own, where none is given. */
async function makeBuild() {
    const build = join(source, "build/bypass");
    process.stderr.write("building\n");
    await succeed("cmake", ["-G", "Ninja", "-S", source, "-B", build,
                            "-DCMAKE_BUILD_TYPE=Release"]);
    await succeed("cmake", ["--build", build, "--target", "corsim", "corsim_fuzz",
                            "corsim_static", "bypass_ask"], { seconds: 1800 });
    return build;
}

function write(summary, { json, witnesses }) {
    process.stdout.write(textOf(summary));
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(summary, null, 2)}\n`);
    if (witnesses === undefined) return;
    const ours = summary.methods.find(({ method }) => method === "ours")?.checks ?? [];
    const origins = new Set(ours.flatMap((one) => one.witnesses));
    writeFileSync(witnesses, [...origins].sort().map((origin) => `${origin}\n`).join(""));
}

/* What it was that ran, and beside what. */
async function aboutThis(methods) {
    const programs = { libfuzzer: ["clang", "--version"], afl: ["afl-fuzz", "--version"] };
    const about = [`${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`];
    for (const [method, [program, flag]] of Object.entries(programs)) {
        if (!methods.includes(method)) continue;
        const { output, errors } = await run(program, [flag]);
        const lines = `${output}${errors}`.replace(/\x1b\[[0-9;]*m/g, "").split("\n");
        about.push(lines.find((line) => /\d\.\d/.test(line)) ?? program);
    }
    return about;
}

async function bench(options, work) {
    const began = performance.now();
    const build = options.build ?? (options.quick && options.corsim ? "" : await makeBuild());
    const corsim = options.corsim ?? join(build, "cli/corsim");
    const plan = join(work, "plan");
    mkdirSync(plan);
    const { checks, skipped } = await readPlan(options.check, plan, options.only);
    if (checks.length === 0) return 77;
    const { runs, troubles } = await measure(checks, {
        ...options, corsim, asker: join(build, "bench/bypass_ask"),
        targets: new Targets(build, work),
    });
    const summary = summarize(checks, runs, options.methods, {
        seeds: options.seeds, seconds: options.seconds, skipped, troubles,
        elapsed: (performance.now() - began) / 1000, about: await aboutThis(options.methods),
    });
    write(summary, options);
    return summary.failures.length === 0 ? 0 : 1;
}

async function main() {
    let options;
    try {
        options = optionsOf();
    } catch (error) {
        if (!(error instanceof Usage)) throw error;
        process.stderr.write(`bench/bypass: ${error.message}\n${USAGE}`);
        return 2;
    }
    if (options.help) {
        process.stdout.write(USAGE);
        return 0;
    }
    const work = mkdtempSync(join(tmpdir(), "corsim-bypass-"));
    process.on("exit", () => rmSync(work, { recursive: true, force: true }));
    return bench(options, work);
}

try {
    process.exitCode = await main();
} catch (error) {
    process.stderr.write(`bench/bypass: ${error.message}\n`);
    process.exitCode = 2;
}
