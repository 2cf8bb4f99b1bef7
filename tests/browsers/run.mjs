/* The command of this folder: situations from a seed, and the corpus, played in real browsers and
 * in corsim, and compared. Exit status: 0 every situation agrees, 1 one does not or could not be
 * played, 2 usage, 77 the browser is not installed. Invariants: a run is reproduced by what its
 * first lines print; a disagreement counts when it shows itself twice; nothing is lost: a
 * situation agrees, disagrees, or is a problem. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readCorpus, withPurposes } from "./cases.mjs";
import { CLASSES, compare, signatureOf } from "./compare.mjs";
import { generateCookies } from "./cookies.mjs";
import { generate } from "./generator.mjs";
import { generateHTTPCache } from "./http_cache.mjs";
import { judgeKnown, knownLine, readKnown } from "./known.mjs";
import { openPredictor } from "./predict.mjs";
import { Progress, reportEngine, reportLimits, writeDisagreement } from "./report.mjs";
import { shrink, withId } from "./shrink.mjs";

const ENGINES = ["chromium", "firefox", "webkit"];
const SKIP = 77;
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

const USAGE = `usage: run --engine ${ENGINES.join("|")}|all [options]
  --seed N          seed of the generated situations (1)
  --count K         how many of them (300)
  --from I          index of the first (0)
  --cookies         situations about cookies instead
  --http-cache      situations about the HTTP cache instead
  --corpus DIR      plays the cases below DIR too
  --only TEXT       only situations and cases whose name holds TEXT
  --profile ENGINE  predicts as another engine (spec, ${ENGINES.join(", ")})
  --classes LIST    classes of differences that count (outcome,wire); others are counted apart
                    known: ${CLASSES.join(",")}
  --known FILE      disagreements that are known: only others fail, and those that agree by now
  --list-known      prints the rows for such a file
  --out DIR         where disagreements are written, shrunk, as cases
  --shrink N        how many kinds of disagreement are shrunk (6)
  --batch N         situations in one go (100)
  --browsers N      so many of the browser side by side (2)
  --corsim PATH     the command (build/gcc/cli/corsim)
  --dump            prints every difference
`;

const OPTIONS = {
    "engine": { type: "string" },
    "seed": { type: "string", default: "1" },
    "count": { type: "string", default: "300" },
    "from": { type: "string", default: "0" },
    "cookies": { type: "boolean", default: false },
    "http-cache": { type: "boolean", default: false },
    "corpus": { type: "string" },
    "only": { type: "string" },
    "profile": { type: "string" },
    "classes": { type: "string", default: "outcome,wire" },
    "known": { type: "string" },
    "list-known": { type: "boolean", default: false },
    "out": { type: "string" },
    "shrink": { type: "string", default: "6" },
    "batch": { type: "string", default: "100" },
    "browsers": { type: "string", default: "2" },
    "corsim": { type: "string" },
    "dump": { type: "boolean", default: false },
    "help": { type: "boolean", default: false },
};

class UsageError extends Error {}

function number(text, name) {
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} is a whole number, not "${text}"`);
    return Number(text);
}

function oneOf(word, words, name) {
    if (!words.includes(word))
        throw new UsageError(`--${name} is one of ${words.join(", ")}, not "${word ?? ""}"`);
    return word;
}

function readOptions(argv) {
    let values;
    try {
        ({ values } = parseArgs({ args: argv, options: OPTIONS }));
    } catch (error) {
        throw new UsageError(error.message);
    }
    if (values.help) return { help: true };
    const engine = oneOf(values.engine, [...ENGINES, "all"], "engine");
    for (const name of ["seed", "count", "from", "shrink", "batch", "browsers"])
        values[name] = number(values[name], name);
    values.batch = Math.max(1, values.batch);
    values.browsers = Math.max(1, values.browsers);
    values.classes = values.classes.split(",");
    for (const word of values.classes) oneOf(word, CLASSES, "classes");
    if (values.profile !== undefined) oneOf(values.profile, ["spec", ...ENGINES], "profile");
    if (values.known !== undefined && !existsSync(values.known))
        throw new UsageError(`--known: there is no file ${values.known}`);
    if (values.corpus !== undefined && !existsSync(values.corpus))
        throw new UsageError(`--corpus: there is no folder ${values.corpus}`);
    values.corsim ??= join(ROOT, "build/gcc/cli/corsim");
    if (!existsSync(values.corsim))
        throw new UsageError(`--corsim: there is no ${values.corsim}; build it first`);
    values.engines = engine === "all" ? ENGINES : [engine];
    return values;
}

/* ---- Situations --------------------------------------------------------------------------- */

/* { name, situation } for all that is to be played, and what is left out. */
async function collect(options, predictSpec) {
    const wanted = ({ name }) => options.only === undefined || name.includes(options.only);
    const generated = [], corpus = [], skipped = [];
    for (let i = options.from; i < options.from + options.count; i++) {
        const situation = options.cookies ? generateCookies(options.seed, i)
                          : options["http-cache"] ? generateHTTPCache(options.seed, i)
                          : generate(options.seed, i);
        generated.push({ name: situation.id, situation });
    }
    for (const one of options.corpus === undefined ? [] : readCorpus(options.corpus,
                                                                          options["http-cache"])) {
        if (one.skipped !== undefined) {
            skipped.push(one);
            continue;
        }
        const { steps } = await predictSpec(one.situation);
        corpus.push({ name: one.file, situation: withPurposes(one.situation, steps) });
    }
    return { generated: generated.filter(wanted), corpus: corpus.filter(wanted), skipped };
}

/* ---- One engine --------------------------------------------------------------------------- */

/* Why a situation cannot be played in one of the browsers, or null. */
function reasonNotToPlay(engine, { steps }) {
    if (engine === "webkit") return null;
    const asks = ({ status, headers }) => status === 401
        && headers?.some(([name]) => name.toLowerCase() === "www-authenticate");
    const asked = steps.filter((step) => step.responses?.some(asks));
    if (engine === "chromium")
        return asked.some(({ credentials }) => credentials === "include")
            ? "asks for a password: Chromium waits for somebody who enters one" : null;
    if (steps.some((step) => step.responses?.some(({ status }) => status === 421)))
        return "has a request repeated after 421, which Firefox may not do here (README.md: retries)";
    return asked.length > 0 ? "asks for a password: Firefox waits for somebody who enters one" : null;
}

/* What plays in batches, in order. */
async function playAll(laboratory, entries, size, what) {
    const progress = new Progress(what, entries.length);
    const observations = [];
    for (let at = 0; at < entries.length; at += size) {
        const batch = entries.slice(at, at + size).map(({ situation }) => situation);
        observations.push(...(await laboratory.play(batch, () => progress.step())));
    }
    return observations;
}

/* Sorts entries into those that agree, disagree or are problems. */
async function judge(entries, observations, { predict, classes, dump }) {
    const judged = { agree: [], disagreements: [], aside: [], problems: [] };
    for (let i = 0; i < entries.length; i++) {
        const { name, situation } = entries[i];
        const observed = observations[i];
        if (observed === undefined || observed.problem) {
            judged.problems.push({ name, situation, problem: observed?.problem ?? "no observation" });
            continue;
        }
        const predicted = await predict(situation);
        const all = compare(situation, predicted, observed);
        const differences = all.filter((one) => classes.includes(one.class));
        const aside = all.filter((one) => !classes.includes(one.class));
        const entry = { name, situation, predicted, observed };
        if (aside.length > 0) judged.aside.push({ ...entry, differences: aside });
        if (differences.length > 0) judged.disagreements.push({ ...entry, differences });
        else judged.agree.push(entry);
        if (dump && all.length > 0) process.stdout.write(`${JSON.stringify({ ...entry, differences: all })}\n`);
    }
    return judged;
}

/* Plays once more what disagreed or could not be played, with other host names. */
async function confirm(laboratory, judged, options) {
    const doubtful = [...judged.disagreements, ...judged.problems];
    if (doubtful.length === 0) return { ...judged, unsteady: [] };
    const again = doubtful.map(({ name, situation }, i) => ({
        name,
        situation: withId(situation, `${situation.id}r${i}`),
    }));
    const observations = await playAll(laboratory, again, options.batch, "again");
    const second = await judge(again, observations, { ...options, dump: false });
    const agreed = new Set(second.agree.map(({ name }) => name));
    return {
        agree: [...judged.agree, ...second.agree],
        disagreements: second.disagreements,
        problems: second.problems,
        aside: judged.aside,
        unsteady: judged.disagreements.filter(({ name }) => agreed.has(name)),
    };
}

/* The first of each kind, shrunk and written. */
async function shrinkKinds(laboratory, disagreements, context) {
    const seen = new Set();
    for (const { situation, differences, name } of disagreements) {
        const signature = signatureOf(differences);
        if (seen.has(signature) || seen.size >= context.shrink) continue;
        seen.add(signature);
        process.stderr.write(`shrinking ${name}: ${signature}\n`);
        const shrunk = await shrink({
            situation: withId(situation, `${situation.id}z${seen.size}`),
            signature,
            play: (situations) => laboratory.play(situations, () => {}),
            predict: context.predict,
        });
        if (shrunk.flaky) {
            process.stderr.write("  it agreed this time\n");
            continue;
        }
        const file = await writeDisagreement(context.out, {
            ...context,
            name: `${seen.size}-${signature.replace(/[^a-zA-Z0-9]+/g, "-").slice(0, 60)}`,
            shrunk,
        });
        process.stderr.write(`  ${shrunk.plays} plays: ${file}\n`);
    }
}

async function runEngine(engine, collected, options, predictSpec) {
    const { openLaboratory } = await import("./laboratory.mjs");
    const profile = options.profile ?? engine;
    const predictor = await openPredictor({ corsim: options.corsim, engine: profile,
                                            httpCache: options["http-cache"] });
    const predict = (situation) => predictor.predict(situation);
    const started = Date.now();
    let laboratory;
    try {
        laboratory = await openLaboratory(engine, {
            log: (text) => process.stderr.write(`${text}\n`),
            stages: options.browsers,
        });
        const plays = ({ situation }) => reasonNotToPlay(engine, situation) === null;
        const generated = collected.generated.filter(plays), corpus = collected.corpus.filter(plays);
        const entries = [...generated, ...corpus];
        const skipped = [...collected.generated, ...collected.corpus].filter((one) => !plays(one))
            .map((one) => ({ ...one, skipped: reasonNotToPlay(engine, one.situation) }));
        const context = { ...options, predict };
        const observations = await playAll(laboratory, entries, options.batch, engine);
        const judged = await confirm(laboratory, await judge(entries, observations, context), context);
        const out = join(options.out ?? join(tmpdir(), "corsim-disagreements"), engine);
        await shrinkKinds(laboratory, judged.disagreements, {
            predict, predictSpec, out, engine, profile, version: laboratory.version,
            shrink: options.shrink,
        });
        return { ...judged, engine, profile, version: laboratory.version, seed: options.seed,
                 agree: judged.agree.length, agreed: judged.agree.map(({ name }) => name), generated: generated.length,
                 corpus: corpus.length, skipped: [...collected.skipped, ...skipped],
                 seconds: (Date.now() - started) / 1000 };
    } finally {
        await laboratory?.close();
        predictor.close();
    }
}

/* Whether all agrees, or all that is not known to disagree. */
function isAsExpected(result, options) {
    if (options["list-known"])
        for (const one of result.disagreements)
            process.stdout.write(`${knownLine(result.engine, one)}\n`);
    if (options.known === undefined)
        return result.disagreements.length === 0 && result.problems.length === 0;
    const { unknown, outdated, known } = judgeKnown(readKnown(options.known), result);
    process.stdout.write(`  ${known} disagreements are known, ${unknown.length} are not\n`);
    for (const { name } of unknown) process.stdout.write(`  not known: ${name}\n`);
    for (const { name } of outdated) process.stdout.write(`  agrees by now: ${name}\n`);
    return unknown.length === 0 && outdated.length === 0 && result.problems.length === 0;
}

/* ---- The command -------------------------------------------------------------------------- */

async function main(argv) {
    const options = readOptions(argv);
    if (options.help) {
        process.stdout.write(USAGE);
        return 0;
    }
    const standard = await openPredictor({ corsim: options.corsim, engine: "spec",
                                           httpCache: options["http-cache"] });
    const predictSpec = (situation) => standard.predict(situation);
    let status = 0;
    try {
        const collected = await collect(options, predictSpec);
        const skipped = new Set(collected.skipped);
        for (const engine of options.engines) {
            const result = await runEngine(engine, collected, options, predictSpec);
            reportEngine(result);
            for (const one of result.skipped) skipped.add(one);
            if (!isAsExpected(result, options)) status = 1;
        }
        reportLimits([...skipped]);
    } finally {
        standard.close();
    }
    return status;
}

try {
    process.exitCode = await main(process.argv.slice(2));
} catch (error) {
    if (error instanceof UsageError) {
        process.stderr.write(`run: ${error.message}\n${USAGE}`);
        process.exitCode = 2;
    } else if (error.missing) {
        process.stdout.write(`SKIP: ${error.message}\n`);
        process.exitCode = SKIP;
    } else {
        throw error;
    }
}
