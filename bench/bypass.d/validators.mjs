/* What is measured: each check of corpus/validators, as tests/fuzz/corpus/check prepares them, and
 * questions to one of them (ask.c). A check is { id, variant, class, intend, flags, source, symbol,
 * name }; variant is vulnerable, fixed or negative, source and symbol are for C. */
import { run, succeed } from "./processes.mjs";

/* One object a line, or one array. */
function parsePlan(text) {
    const trimmed = text.trim();
    return trimmed.startsWith("[") ? JSON.parse(trimmed)
        : trimmed.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/* `skipped`: those whose interpreter is not there, with the reason in `skip`. */
export async function readPlan(program, work, only) {
    const checks = parsePlan(await succeed(program, ["--plan", "--work", work]))
        .filter(({ id }) => only.length === 0 || only.includes(id))
        .map((check) => ({ ...check, name: `${check.id} ${check.variant}` }));
    for (const id of only)
        if (!checks.some((check) => check.id === id))
            throw new Error(`there is no validator ${id}`);
    return { checks: checks.filter(({ flags }) => flags !== undefined),
             skipped: checks.filter(({ flags }) => flags === undefined) };
}

/* What ask.c and target.c are given. */
export const environmentOf = ({ flags, intend }) =>
    ({ BYPASS_VALIDATOR: flags.join("\n"), BYPASS_INTENT: intend.join("\n") });

/* An origin that each entry of the intent means. */
export const samplesOf = ({ intend }) => intend.map((entry) =>
    entry.replace(/^\*:/, "https:").replace("//*.", "//www.").replace(/:\*$/, ""));

/* [{ origin, answer, sendable, meant, domain }], in order; the answer is null without a header. */
export async function ask(program, check, origins) {
    const { status, output, errors } = await run(program, [], {
        input: origins.map((origin) => `${origin}\n`).join(""), env: environmentOf(check),
    });
    if (status !== 0) throw new Error(`${check.name}: ${errors.trim()}`);
    return output.split("\n").slice(0, -1).map((line, i) => {
        const [answer, sendable, meant, domain] = line.split("\t");
        return { origin: origins[i], answer: answer === "-" ? null : answer, domain,
                 sendable: sendable === "1", meant: meant === "1" };
    });
}

/* Whether the URL Standard knows it as an origin; Node's is not the fuzzer's model of it. */
export function isSendable(origin) {
    try {
        return origin === "null" || new URL(origin).origin === origin;
    } catch {
        return false;
    }
}
