/* What a run tells: progress on stderr, the figures of each engine on stdout, and for each kind of
 * disagreement the smallest situation that shows it, as a case. Invariant: what came from a browser
 * or a server is printed as JSON, so that no byte of it reaches the terminal as it is. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Answers } from "./answers.mjs";
import { escapeCase, writeCase } from "./cases.mjs";
import { UNOBSERVABLE, signatureOf, wireOf } from "./compare.mjs";
import { withoutId } from "./shrink.mjs";

const say = (text) => process.stdout.write(`${text}\n`);

/* One line that is written over, on a terminal; a line now and then elsewhere. */
export class Progress {
    constructor(what, total) {
        Object.assign(this, { what, total, done: 0, said: 0, terminal: process.stderr.isTTY });
    }

    step(count = 1) {
        this.done += count;
        const now = Date.now();
        if (this.done < this.total && now - this.said < (this.terminal ? 200 : 15000)) return;
        this.said = now;
        process.stderr.write(`${this.terminal ? "\r" : ""}${this.what}: ${this.done} of ${this.total}`
            + `${this.terminal && this.done < this.total ? "" : "\n"}`);
    }
}

const brief = (value, most = 300) => {
    const text = JSON.stringify(value) ?? "nothing";
    return text.length > most ? `${text.slice(0, most)}…` : text;
};

export function differenceLine({ class: kind, field, step, request, predicted, observed }) {
    const where = request === undefined ? "" : `, request ${request + 1}`;
    return `fetch ${step + 1}${where}: ${kind} ${field}: corsim ${brief(predicted)}, `
        + `browser ${brief(observed)}`;
}

/* ---- One engine --------------------------------------------------------------------------- */

function countByClass(disagreements) {
    const counts = {};
    for (const { differences } of disagreements)
        for (const kind of new Set(differences.map((difference) => difference.class)))
            counts[kind] = (counts[kind] ?? 0) + 1;
    return Object.entries(counts).map(([kind, count]) => `${kind} ${count}`).join(", ");
}

function sayKinds(title, disagreements) {
    const kinds = new Map();
    for (const one of disagreements) {
        const signature = signatureOf(one.differences);
        if (!kinds.has(signature)) kinds.set(signature, []);
        kinds.get(signature).push(one);
    }
    for (const [signature, found] of [...kinds].sort((a, b) => b[1].length - a[1].length)) {
        const names = found.slice(0, 5).map(({ name }) => name).join(" ");
        say(`  ${title}, ${found.length} times: ${signature}: ${names}`);
        say(`    ${differenceLine(found[0].differences[0])}`);
    }
}

/* result: { engine, profile, version, seed, generated, corpus, skipped, agree, disagreements,
 * aside (differences in classes that are only counted), unsteady, problems, seconds } */
export function reportEngine(result) {
    const { engine, profile, disagreements, aside, unsteady, problems } = result;
    say(`${engine}: ${result.version}${profile === engine ? "" : `, predicted as ${profile}`}`);
    say(`  seed ${result.seed}, ${result.generated} generated situations, ${result.corpus} cases of `
        + `the corpus (${result.skipped.length} left out), ${Math.round(result.seconds)} s`);
    say(`  agree ${result.agree}, disagree ${disagreements.length}, problems ${problems.length}, `
        + `agreed only when played again ${unsteady.length}`);
    if (disagreements.length > 0) say(`  disagree in: ${countByClass(disagreements)}`);
    sayKinds("disagree", disagreements);
    if (aside.length > 0) say(`  counted apart: ${countByClass(aside)}`);
    sayKinds("counted apart", aside);
    for (const { name, problem } of problems) say(`  problem: ${name}: ${brief(problem)}`);
    for (const { name, differences } of unsteady)
        say(`  unsteady: ${name}: ${differenceLine(differences[0])}`);
}

export function reportLimits(skipped) {
    say("what the laboratory cannot see:");
    for (const { what, why } of UNOBSERVABLE) say(`  ${what}: ${why}`);
    const reasons = new Map();
    for (const { skipped: why } of skipped) reasons.set(why, (reasons.get(why) ?? 0) + 1);
    if (reasons.size > 0) say("cases that were left out, because the case");
    for (const [why, count] of [...reasons].sort((a, b) => b[1] - a[1])) say(`  ${why}: ${count}`);
}

/* ---- Cases -------------------------------------------------------------------------------- */

/* The responses that were asked for, in order. */
export function givenResponses(situation, steps) {
    return situation.steps.filter(({ op }) => op !== "wait").map((step, i) => {
        const answers = new Answers(step.responses);
        return steps[i].wire.map((request) => answers.answer(request));
    });
}

function requestLine({ method, url, origin, acrm, acrh }) {
    const parts = [`${method} ${url}`];
    if (origin !== null) parts.push(`Origin ${origin}`);
    if (acrm !== null) parts.push(`ACRM ${acrm}`);
    if (acrh !== null) parts.push(`ACRH ${acrh}`);
    return parts.join(", ");
}

function answerLines(who, steps) {
    return steps.flatMap((step, i) => [
        `${who}, fetch ${i + 1}: ${step.result} ${step.status || ""}`.trimEnd()
            + (step.error ? ` (${step.error}, ${step.step})` : "")
            + (step.exception ? ` (${step.exception})` : ""),
        ...wireOf(step, () => false).map((request) => `  ${requestLine(request)}`),
    ]);
}

/* `shrunk` from shrink.mjs; `predictSpec` predicts as the standard has it. */
export async function writeDisagreement(folder, { name, engine, profile, version, shrunk, predictSpec }) {
    const plain = (value) => withoutId(value, shrunk.situation);
    const situation = plain(shrunk.situation);
    const { steps } = await predictSpec(situation);
    const prose = [
        ...shrunk.differences.map((difference) => differenceLine(plain(difference))),
        "",
        ...answerLines(`corsim as ${profile}`, plain(shrunk.predicted.steps)),
        ...answerLines(`${engine} ${version}`, plain(shrunk.observed.steps)),
        "",
        "What is expected below is what the standard's text says.",
    ];
    const text = writeCase({
        title: `${engine} and its profile disagree here.`,
        prose: prose.map((line) => escapeCase(Buffer.from(line, "utf8").toString("latin1"))
            .replace(/^-- /, "- ").replace(/^(\\x20)+/, "  ")),
        situation,
        answered: steps,
        given: givenResponses(situation, steps),
    });
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.case`);
    writeFileSync(file, text);
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(shrunk, null, 1)}\n`);
    return file;
}
