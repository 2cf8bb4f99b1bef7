/* Plain libFuzzer and plain AFL++ over target.c. Seeds are what is meant, an origin for each entry;
 * there is no dictionary and no mutator. A check that is a C function is compiled with the engine's
 * instrumentation and linked in, others share one target. Executions are the target's own count of
 * its calls, so that both engines are counted alike. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, succeed } from "./processes.mjs";
import { environmentOf, samplesOf } from "./validators.mjs";

const LONGEST_INPUT = 256;
const AFL_DRIVER = "/usr/lib/afl/libAFLDriver.a";

const folder = fileURLToPath(new URL(".", import.meta.url));
const source = join(folder, "../..");

const LIBRARIES = ["-lpsl", "-lidn2", "-lpcre2-8", "-lcurl", "-lpthread", "-ldl"];

const ENGINES = {
    libfuzzer: {
        compiler: "clang", link: ["-fsanitize=fuzzer"],
        command: (target, seed, seconds, room) => [target, [
            `-seed=${seed}`, `-max_total_time=${Math.ceil(seconds)}`, `-max_len=${LONGEST_INPUT}`,
            `-artifact_prefix=${room}/`, `${room}/seeds`,
        ]],
        environment: {},
    },
    afl: {
        compiler: "afl-clang-fast", link: [AFL_DRIVER],
        command: (target, seed, seconds, room) => ["afl-fuzz", [
            "-s", String(seed), "-V", String(Math.ceil(seconds)), "-G", String(LONGEST_INPUT),
            /* A child that is killed while it waits for an interpreter takes that with it. */
            "-t", "5000", "-i", `${room}/seeds`, "-o", `${room}/out`, "--", target,
        ]],
        environment: {
            AFL_NO_UI: "1", AFL_SKIP_CPUFREQ: "1", AFL_NO_AFFINITY: "1", AFL_QUIET: "1",
            AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES: "1", AFL_BENCH_UNTIL_CRASH: "1",
            AFL_FORKSRV_INIT_TMOUT: "30000",
        },
    },
};

/* Compiles targets once each; `build` has libcorsim_fuzz, libcorsim_model and libcorsim. */
export class Targets {
    constructor(build, work) {
        Object.assign(this, { build, work, made: new Map() });
    }

    /* Resolves to the path of the engine's program for that check. */
    of(engine, check) {
        const name = check.source === undefined ? engine
            : `${engine}-${check.id}-${check.variant}`;
        if (!this.made.has(name)) this.made.set(name, this.make(engine, check, name));
        return this.made.get(name);
    }

    async make(engine, { source: file, symbol }, name) {
        const { compiler, link } = ENGINES[engine];
        const target = join(this.work, name);
        const own = file === undefined ? []
            : [`-Dbypass_validate=${symbol ?? "validate"}`, file];
        await succeed(compiler, [
            "-g", "-O1", "-std=gnu11", "-w", "-I", join(source, "sim"), "-I", join(source, "fuzz"),
            join(folder, "target.c"), join(folder, "given.c"), ...own, "-o", target, ...link,
            join(this.build, "fuzz/libcorsim_fuzz.a"),
            join(this.build, "fuzz/libcorsim_model.a"), join(this.build, "sim/libcorsim.a"),
            ...LIBRARIES,
        ], { env: { AFL_QUIET: "1" } });
        return target;
    }
}

function makeSeeds(room, check) {
    rmSync(room, { recursive: true, force: true });
    mkdirSync(join(room, "seeds"), { recursive: true });
    for (const [i, origin] of samplesOf(check).entries())
        writeFileSync(join(room, "seeds", `seed-${i}`), origin);
}

/* What target.c wrote down so far. */
function readRecord(path) {
    let bytes;
    try {
        bytes = readFileSync(path);
    } catch {
        return { executions: 0 };
    }
    if (bytes.length < 24) return { executions: 0 };
    const number = (at) => Number(bytes.readBigUInt64LE(at));
    return { executions: number(0), foundAt: number(8),
             origin: bytes.toString("latin1", 24, 24 + number(16)) };
}

/* One run, until a witness or the end of the time, which begins with the first execution. */
export async function fuzzOnce(engine, targets, check, seed, seconds) {
    const { command, environment } = ENGINES[engine];
    const target = await targets.of(engine, check);
    const room = join(targets.work, `run-${engine}-${check.id}-${check.variant}-${seed}`);
    makeSeeds(room, check);
    const record = join(room, "record");
    /* Its own limit is only there in case that ours is not. */
    const [program, args] = command(target, seed, seconds + 60, room);
    const began = Date.now();
    const ended = await run(program, args, {
        cwd: room, seconds, ready: () => readRecord(record).executions > 0,
        env: { ...environmentOf(check), ...environment, BYPASS_RECORD: record },
    });
    const { executions, foundAt, origin } = readRecord(record);
    if (executions === 0 || !foundAt && !ended.late)
        throw new Error(`${check.name}: ${engine} gave up after ${executions} executions: ` +
                        `${ended.output}${ended.errors}`.trim().split("\n").slice(-3).join("\n"));
    rmSync(room, { recursive: true, force: true });
    if (!foundAt) return { executions, seconds: ended.seconds, witnesses: [] };
    return { executions, seconds: (foundAt - began) / 1000,
             witnesses: [{ origin, executions, meant: false }] };
}
