/* What the runs come to: tables for people, an object for programs, and what is not as it must be.
 * A run that found nothing is censored: its executions and seconds are less than it would have
 * taken, so it counts as more than all others, and a median among such runs has no value. */
import { isSendable } from "./validators.mjs";

export const METHODS = ["corscanner", "corsy", "libfuzzer", "afl", "ours"];
const NAMES = { corscanner: "CORScanner's list", corsy: "Corsy's list",
                libfuzzer: "plain libFuzzer", afl: "plain AFL++", ours: "corsim fuzz" };
const MOST_RATIO = 0.1;

const isVulnerable = ({ variant }) => variant === "vulnerable";

/* null: censored, or there is nothing to take it of. */
export function medianOf(values) {
    const sorted = [...values].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
    return (low ?? null) === null || high === null ? null : (low + high) / 2;
}

/* The earliest that a run says against a vulnerable check, which is not what is meant. */
export const firstFound = ({ witnesses }) => witnesses.filter(({ meant }) => meant !== true)
    .sort((a, b) => a.executions - b.executions)[0];
const found = (runs) => runs.filter((one) => firstFound(one) !== undefined);

function ofCheck(check, runs) {
    const hits = found(runs);
    const valueOf = (what) => (one) => firstFound(one) === undefined ? null : what(one);
    return {
        id: check.id, variant: check.variant, class: check.class, runs: runs.length,
        found: isVulnerable(check) ? hits.length
            : runs.filter(({ witnesses }) => witnesses.length > 0).length,
        executions: medianOf(runs.map(valueOf((one) => firstFound(one).executions))),
        seconds: medianOf(runs.map(valueOf(({ seconds }) => seconds))),
        unsendable: [...new Set(runs.flatMap(({ witnesses }) => witnesses)
            .map(({ origin }) => origin).filter((origin) => !isSendable(origin)))],
        witnesses: [...new Set(runs.flatMap(({ witnesses }) => witnesses)
            .map(({ origin }) => origin))],
    };
}

function ofMethod(method, checks, runs) {
    const each = checks.map((check) => ofCheck(check, runs.get(check)?.[method] ?? []))
        .filter((one) => one.runs > 0);
    const [vulnerable, others] = [true, false].map((is) =>
        each.filter((one) => isVulnerable(one) === is));
    const all = checks.filter(isVulnerable).flatMap((check) => runs.get(check)?.[method] ?? []);
    const median = (what) => medianOf(all.map((one) =>
        firstFound(one) === undefined ? null : what(one)));
    return {
        method, vulnerable: vulnerable.length, others: others.length,
        detected: vulnerable.filter((one) => one.found === one.runs).length,
        sometimes: vulnerable.filter((one) => one.found > 0).length,
        missed: vulnerable.filter((one) => one.found < one.runs).map(({ id }) => id),
        falseAlarms: others.filter((one) => one.found > 0)
            .map(({ id, variant, witnesses }) => ({ id, variant, witnesses })),
        executions: median((one) => firstFound(one).executions),
        seconds: median(({ seconds }) => seconds),
        runs: all.length, censored: all.length - found(all).length,
        unsendable: [...new Set(each.flatMap(({ unsendable }) => unsendable))],
        checks: each,
    };
}

/* Of those that plain libFuzzer finds at all. A run of it that found nothing counts with what it
 * did: that is less than it would need, and makes our ratio look worse. */
function ratiosOf(checks, runs) {
    return checks.filter(isVulnerable).flatMap((check) => {
        const { libfuzzer = [], ours = [] } = runs.get(check) ?? {};
        if (found(libfuzzer).length === 0 || ours.length === 0) return [];
        const mine = medianOf(ours.map((one) => firstFound(one)?.executions ?? null));
        const theirs = medianOf(libfuzzer.map((one) =>
            firstFound(one)?.executions ?? one.executions));
        return [{ id: check.id, ours: mine, libfuzzer: theirs,
                  ratio: mine === null ? null : mine / theirs }];
    });
}

function failuresOf({ methods, ratio, troubles }) {
    const ours = methods.find(({ method }) => method === "ours");
    const failures = troubles.map((trouble) => `trouble: ${trouble}`);
    if (ours === undefined) return failures;
    if (ours.vulnerable + ours.others === 0) failures.push("nothing was measured");
    if (ours.missed.length > 0) failures.push(`missed: ${ours.missed.join(", ")}`);
    for (const { id, variant, witnesses } of ours.falseAlarms)
        failures.push(`false alarm: ${id} ${variant}: ${witnesses.join(" ")}`);
    for (const origin of ours.unsendable) failures.push(`no browser sends ${origin}`);
    if (ratio !== undefined && !(ratio.median <= MOST_RATIO))
        failures.push(`the ratio to plain libFuzzer is above ${MOST_RATIO}`);
    return failures;
}

/* `runs`: a Map from a check to { method: [run] }. */
export function summarize(checks, runs, names, { troubles, ...about }) {
    const methods = names.map((method) => ofMethod(method, checks, runs));
    const each = ratiosOf(checks, runs);
    const ratio = each.length === 0 ? undefined
        : { median: medianOf(each.map((one) => one.ratio)), of: each.length,
            medians: medianOf(each.map(({ ours }) => ours)) /
                medianOf(each.map(({ libfuzzer }) => libfuzzer)), each };
    const summary = { ...about, methods, ratio, troubles };
    return { ...summary, failures: failuresOf(summary) };
}

/* ---- Text -------------------------------------------------------------------------------- */

/* The first column to the left, the others to the right. */
function table(rows) {
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    return rows.map((row) => row.map((text, column) => column === 0
        ? text.padEnd(widths[column]) : text.padStart(widths[column])).join("  ").trimEnd());
}

const number = (value, digits = 0) => value === null ? "-" : value.toFixed(digits);

const ratioText = (value) => value === null ? "-" : value.toPrecision(2);

function eachTable({ methods, ratio }) {
    const ids = [...new Set(methods.flatMap(({ checks }) =>
        checks.filter(isVulnerable).map(({ id }) => id)))];
    const cell = ({ checks }, id) => {
        const one = checks.find((check) => check.id === id && isVulnerable(check));
        if (one === undefined) return "";
        const share = one.found > 0 && one.found < one.runs ? ` (${one.found}/${one.runs})` : "";
        return number(one.executions) + share;
    };
    return table([
        ["vulnerable check", ...methods.map(({ method }) => method), "ours/libfuzzer"],
        ...ids.map((id) => [id, ...methods.map((method) => cell(method, id)),
                            ratioText(ratio?.each.find((one) => one.id === id)?.ratio ?? null)]),
    ]);
}

function summaryTable({ methods }) {
    return table([
        ["method", "detected", "at times", "false alarms", "executions", "seconds", "censored",
         "unsendable"],
        ...methods.map((one) => [
            NAMES[one.method], `${one.detected}/${one.vulnerable}`, String(one.sometimes),
            `${one.falseAlarms.length}/${one.others}`, number(one.executions),
            number(one.seconds, 3), `${one.censored}/${one.runs}`, String(one.unsendable.length),
        ]),
    ]);
}

const NOTES = [
    "Executions and seconds are medians until the first witness. Of the vulnerable checks the",
    "first table has them by check, (n/m) where only n of m seeds found one, - where the median",
    "seed found none: such runs are censored, and count as longer than all others.",
    "detected: by every seed; at times: by one at least. false alarms: anything that is held",
    "against a check that is right. unsendable: witnesses that are no origin.",
];

export function textOf(summary) {
    const { ratio, failures, seeds, seconds, elapsed, skipped, about } = summary;
    return [
        ...about, "",
        ...eachTable(summary), "", ...summaryTable(summary), "", ...NOTES,
        `${seeds} seeds of at most ${seconds} s each; ${number(elapsed)} s in all`,
        ...ratio === undefined ? [] : [
            `executions, ours to plain libFuzzer's, on the ${ratio.of} that it finds: ` +
            `median of the ratios ${ratioText(ratio.median)}, ratio of the medians ` +
            `${ratioText(ratio.medians)} (at most ${MOST_RATIO})`],
        ...skipped.map(({ name, skip }) => `SKIP ${name}: ${skip ?? "it cannot be run"}`),
        ...failures.map((failure) => `FAIL ${failure}`),
    ].map((line) => `${line}\n`).join("");
}
