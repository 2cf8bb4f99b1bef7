/* `corsim fuzz` over a check. It goes on after its first witness, for more kinds of them, so it is
 * given little at first and everything only when that found nothing; what the first call took
 * counts too. */
import { run } from "./processes.mjs";

const FIRST_BUDGET = 8000; /* questions */
const SECONDS_FOR_THAT = 300; /* or for starting interpreters and shortening witnesses */

async function hunt(corsim, check, seed, budget, seconds) {
    const began = performance.now();
    let first = null;
    const { status, signal, output, errors } = await run(corsim, [
        "fuzz", ...check.flags, ...check.intend.flatMap((entry) => ["--intend", entry]),
        "--seed", String(seed), "--budget", budget, "--no-save", "--format", "json",
    ], {
        seconds,
        watch(text) {
            if (/\bfound /.test(text)) first ??= (performance.now() - began) / 1000;
        },
    });
    if (status !== 0 && status !== 1)
        throw new Error(`${check.name}: corsim fuzz ended with ${status ?? signal}: ` +
                        errors.trim().split("\n").at(-1));
    return { first, ...JSON.parse(Buffer.from(output, "latin1").toString("utf8")) };
}

/* Like an engine's run: seconds until the first witness, and what was found when. */
export async function huntOnce(corsim, check, seed, seconds, thorough) {
    const before = { executions: 0, seconds: 0 };
    const budgets = [String(FIRST_BUDGET), `${seconds}s`];
    let found;
    for (const budget of thorough ? budgets : budgets.slice(0, 1)) {
        found = await hunt(corsim, check, seed, budget, seconds + SECONDS_FOR_THAT);
        if (found.verdict === "bypass") break;
        before.executions += found.executions;
        before.seconds += found.seconds;
    }
    const witnesses = (found.witnesses ?? []).map(({ origin, executions, tier, ...rest }) =>
        ({ origin, executions: before.executions + executions, tier, class: rest.class,
           found_by: rest.found_by }));
    if (found.verdict !== "bypass") return { ...before, witnesses: [] };
    return { witnesses, executions: before.executions + found.executions,
             seconds: before.seconds + (found.first ?? found.seconds) };
}
