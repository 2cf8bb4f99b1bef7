/* Puts every check through every method: the scanners once, the others with each seed. What fails
 * is a trouble and not a result. */
import { fuzzOnce } from "./engines.mjs";
import { huntOnce } from "./ours.mjs";
import { runJobs } from "./processes.mjs";
import { firstFound } from "./report.mjs";
import { scan, scanners } from "./scanners.mjs";

/* A plain fuzzer has the oracle of ours, so a fixed twin is no risk to it: one short run. */
const SECONDS_ON_FIXED = 2;

/* An engine that found nothing with so many seeds is not given the rest: the median is known. */
const SEEDS_FOR_NOTHING = 3;

const isVulnerable = ({ variant }) => variant === "vulnerable";

const foundNothing = ({ witnesses }) => witnesses.length === 0;

/* [() => Promise of a run], to be called one after another. */
function runsOf(method, check, { seeds, seconds, quick, corsim, asker, targets }) {
    const vulnerable = isVulnerable(check);
    const numbers = Array.from({ length: seeds }, (_, i) => i + 1);
    if (scanners[method] !== undefined) return [() => scan(method, asker, check)];
    if (method === "ours")
        return numbers.map((seed) => () =>
            huntOnce(corsim, check, seed, seconds, !quick && (vulnerable || seed === 1)));
    if (!vulnerable)
        return [() => fuzzOnce(method, targets, check, 1, Math.min(seconds, SECONDS_ON_FIXED))];
    return numbers.map((seed) => () => fuzzOnce(method, targets, check, seed, seconds));
}

function describe({ witnesses, executions, seconds }) {
    const first = firstFound({ witnesses }) ?? witnesses[0];
    return first === undefined ? `nothing in ${executions} executions, ${seconds.toFixed(1)} s`
        : `${first.origin} at ${first.executions}, ${seconds.toFixed(2)} s`;
}

/* Fills `results`; `say` is called after each run. */
async function runAll(method, check, options, results, say) {
    for (const one of runsOf(method, check, options)) {
        const result = await one();
        results.push(result);
        say(`${method} ${check.name}: ${describe(result)}`);
        if (method !== "ours" && results.length >= SEEDS_FOR_NOTHING && results.every(foundNothing))
            return;
    }
}

/* { runs: a Map from a check to { method: [run] }, troubles: [text] }. */
export async function measure(checks, options) {
    const runs = new Map(checks.map((check) => [check, {}]));
    const troubles = [];
    let done = 0;
    const say = (text) => process.stderr.write(`${done}/${jobs.length} ${text}\n`);
    const jobs = options.methods.flatMap((method) => checks.map((check) => async () => {
        const results = runs.get(check)[method] = [];
        try {
            await runAll(method, check, options, results, say);
        } catch (error) {
            troubles.push(`${method}: ${error.message}`);
            say(error.message);
        }
        done++;
    }));
    await runJobs(jobs, options.jobs);
    return { runs, troubles };
}
