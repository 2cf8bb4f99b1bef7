/* The words of the console and of exceptions, without a browser: what heard/ENGINE.jsonl recorded
 * in the real one, in situations that need each of its rows in messages.tsv that was ever needed,
 * is what corsim says. What is compared is what run compares (compare.mjs). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compare } from "../compare.mjs";
import { openPredictor } from "../predict.mjs";

const { CORSIM } = process.env;
const skip = CORSIM === undefined && "CORSIM is not set";

const ENGINES = ["chromium", "firefox", "webkit"];
const FEWEST = 30;

function recorded(engine) {
    return readFileSync(new URL(`../heard/${engine}.jsonl`, import.meta.url), "utf8")
        .split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/* What differs between corsim's words and what was heard; the rest is as corsim says. */
async function wrongWords(predictor, { situation, heard }) {
    const predicted = await predictor.predict(situation);
    assert.equal(heard.length, predicted.steps.length, situation.id);
    const steps = predicted.steps.map((step, i) => ({ ...step, ...heard[i] }));
    return compare(situation, predicted, { id: situation.id, steps });
}

async function withPredictor(engine, use) {
    const predictor = await openPredictor({ corsim: CORSIM, engine });
    try {
        await use(predictor);
    } finally {
        predictor.close();
    }
}

for (const engine of ENGINES) {
    test(`corsim has the words of ${engine}`, { skip }, () =>
        withPredictor(engine, async (predictor) => {
            const all = recorded(engine);
            assert.ok(all.length >= FEWEST);
            for (const one of all)
                assert.deepEqual(await wrongWords(predictor, one), [], one.name);
        }));

    test(`words of ${engine} that were not heard are noticed`, { skip }, () =>
        withPredictor(engine, async (predictor) => {
            for (const one of recorded(engine).slice(0, 3)) {
                const [first, ...rest] = structuredClone(one.heard);
                const altered = { ...first, console: [...first.console, "Something else."] };
                const found = await wrongWords(predictor, { ...one, heard: [altered, ...rest] });
                assert.deepEqual(found.map((each) => each.class), ["console"], one.name);
            }
        }));
}
