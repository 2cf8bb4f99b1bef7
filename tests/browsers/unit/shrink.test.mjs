/* Comparing and shrinking, with a laboratory that is corsim itself made to lie in a known way: what
 * comes out still has what the lie needs, and nothing else; what never disagrees is not shrunk. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, signatureOf } from "../compare.mjs";
import { generateAll } from "../generator.mjs";
import { openPredictor } from "../predict.mjs";
import { givenResponses } from "../report.mjs";
import { reduced, reductions, shrink, sizeOf, withId, withoutId } from "../shrink.mjs";
import { parseCase, readCorpus, rename, withPurposes, writeCase } from "../cases.mjs";

const { CORSIM, CORPUS } = process.env;
const skip = (CORSIM === undefined || CORPUS === undefined) && "CORSIM and CORPUS are not set";

async function withPredictor(use) {
    const predictor = await openPredictor({ corsim: CORSIM, engine: "spec" });
    try {
        return await use((situation) => predictor.predict(situation));
    } finally {
        predictor.close();
    }
}

/* A browser that blocks every PUT with a header X-A, after the request. */
const lies = (predict) => async (situations) =>
    Promise.all(situations.map(async (situation) => {
        const observation = structuredClone(await predict(situation));
        situation.steps.filter(({ op }) => op !== "wait").forEach((step, i) => {
            const odd = step.method === "PUT" && step.headers.some(([name]) => name === "X-A");
            if (odd && observation.steps[i].result === "cors")
                observation.steps[i] = { ...observation.steps[i], result: "network-error" };
        });
        return observation;
    }));

/* Two fetches with much around what matters. */
function large() {
    const id = "big1";
    const url = `https://api.other-${id}.example/a?b#c`;
    const allow = [["Access-Control-Allow-Origin", `https://app.${id}.example`],
                   ["Access-Control-Allow-Credentials", "true"]];
    const responses = [
        { for: "preflight", url, status: 204,
          headers: [...allow, ["Access-Control-Allow-Methods", "PUT, GET, PATCH"],
                    ["Access-Control-Allow-Headers", "x-a, x-b, accept"]] },
        { for: "actual", url, status: 201, statusText: "Made", body: "x",
          headers: [...allow, ["ETag", "x"], ["Access-Control-Expose-Headers", "etag"]] },
    ];
    const fetch = { op: "fetch", url, method: "PUT", mode: "cors", credentials: "include",
                    headers: [["X-B", "1"], ["X-A", "22"], ["Accept", "*/*"]], body: "x",
                    redirect: "follow", responses };
    return { id, origin: `https://app.${id}.example`,
             steps: [{ ...fetch, method: "GET", body: undefined }, fetch] };
}

test("a disagreement is shrunk to what it needs", { skip }, () => withPredictor(async (predict) => {
    const situation = large();
    const play = lies(predict);
    const [observed] = await play([situation]);
    const differences = compare(situation, await predict(situation), observed);
    assert.equal(differences.length, 1);
    assert.equal(signatureOf(differences), "outcome result: cors, not network-error");
    const shrunk = await shrink({ situation, signature: signatureOf(differences), play, predict });
    assert.equal(shrunk.situation.steps.length, 1);
    const [step] = shrunk.situation.steps;
    assert.equal(step.method, "PUT");
    assert.deepEqual(step.headers, [["X-A", "1"]]);
    for (const key of ["body", "credentials", "redirect", "mode"]) assert.equal(step[key], undefined);
    assert.ok(!step.url.includes("?"));
    assert.ok(sizeOf(shrunk.situation) < sizeOf(situation) / 2);
    assert.ok(shrunk.plays <= 200, `${shrunk.plays}`);
    assert.equal(shrunk.differences[0].field, "result");
}));

test("plays are bounded", { skip }, () => withPredictor(async (predict) => {
    const situation = large();
    let plays = 0;
    const play = (situations) => {
        plays += situations.length;
        return lies(predict)(situations);
    };
    const signature = "outcome result: cors, not network-error";
    const shrunk = await shrink({ situation, signature, play, predict, mostPlays: 20 });
    assert.ok(plays <= 20 && plays === shrunk.plays, `${plays}`);
}));

test("what agrees when played again is not shrunk", { skip }, () => withPredictor(async (predict) => {
    const honest = (situations) => Promise.all(situations.map(predict));
    const shrunk = await shrink({ situation: large(), signature: "x", play: honest, predict });
    assert.equal(shrunk.flaky, true);
}));

test("a prediction agrees with itself, and reductions are other situations that can be played",
    { skip }, () => withPredictor(async (predict) => {
        for (const situation of generateAll(5, 40)) {
            const predicted = await predict(situation);
            assert.deepEqual(compare(situation, predicted, predicted), []);
            for (const change of reductions(situation)) {
                const less = reduced(situation, [change]);
                assert.notDeepEqual(less, situation);
                await predict(less);
            }
        }
    }));

test("each field that differs is seen, in its class", { skip }, () => withPredictor(async (predict) => {
    const situation = large();
    const predicted = await predict(situation);
    const seen = (change) => {
        const observed = structuredClone(predicted);
        change(observed.steps[1]);
        return compare(situation, predicted, observed).map((one) => `${one.class} ${one.field}`);
    };
    assert.deepEqual(seen((step) => (step.status = 500)), ["outcome status"]);
    assert.deepEqual(seen((step) => (step.statusText = "y")), ["outcome statusText"]);
    assert.deepEqual(seen((step) => (step.url = "https://x.example/")), ["outcome url"]);
    assert.deepEqual(seen((step) => (step.redirected = true)), ["outcome redirected"]);
    assert.deepEqual(seen((step) => step.headers.pop()), ["outcome headers"]);
    assert.deepEqual(seen((step) => (step.body = "y")), ["outcome body"]);
    assert.deepEqual(seen((step) => step.wire.pop()), ["wire requests"]);
    const header = (name, value) => (step) =>
        (step.wire[0].headers = [...step.wire[0].headers.filter(([other]) =>
            other.toLowerCase() !== name), [name, value]]);
    assert.deepEqual(seen(header("origin", "null")), ["wire origin"]);
    assert.deepEqual(seen(header("access-control-request-headers", "y")), ["wire acrh"]);
    assert.deepEqual(seen(header("referer", "y")), ["referer referer"]);
    assert.deepEqual(seen(header("sec-fetch-site", "y")), ["sec-fetch sec-fetch-site"]);
    assert.deepEqual(compare(situation, predicted, { steps: [] }).map(({ field }) => field),
                     ["step", "step"]);
    const twice = structuredClone(predicted);
    twice.steps[1].wire.splice(1, 0, twice.steps[1].wire[0]);
    assert.deepEqual(compare(situation, predicted, twice).map(({ field }) => field), ["requests"]);
    for (const response of situation.steps[1].responses) response.error = true;
    assert.deepEqual(compare(situation, predicted, twice), []);
}));

test("names of hosts change and change back", () => {
    const situation = { id: "g1n2", origin: "https://app.g1n2.example",
                        steps: [{ url: "https://api.other-g1n2.example/" }] };
    const other = withId(situation, "g1n2k3");
    assert.equal(other.steps[0].url, "https://api.other-g1n2k3.example/");
    assert.equal(withoutId(other, other).origin, "https://app.example");
    assert.equal(withoutId(other, other).steps[0].url, "https://api.other.example/");
    assert.deepEqual(
        rename(["https://app.example", "https://a.B.test:1/x", "api.example.com", "x.example.evil.test",
                "*.example.com", "https://app.example, https://app.example"], "c1"),
        ["https://app-c1.example", "https://a.B-c1.test:1/x", "api.example-com-c1.example",
         "x-c1.example.evil-c1.test", "*.example-com-c1.example",
         "https://app-c1.example, https://app-c1.example"]);
});

test("a case is read as corsim reads it", { skip }, () => withPredictor(async (predict) => {
    const script = parseCase("A claim.\n\n-- agent --\nnow  5\n\n-- fetch --\nurl     /a\\x20b\n"
        + "header  X-A:  1 \nheader  x\\x3ay:\n\n-- response --\n200 Fine\nA: b\n\nbody\n  more\\x0a\n\n"
        + "-- wait 3 --\n\n-- fetch --\nurl  /\n\n-- network error --\nwhy\n\n-- expect --\n");
    assert.deepEqual(script, {
        title: "A claim.",
        agent: { headers: [], now: "5" },
        steps: [
            { fetch: { headers: [["X-A", "1"], ["x:y", ""]], url: "/a b" },
              responses: [{ status: 200, statusText: "Fine", headers: [["A", "b"]],
                            body: "body\n  more\n" }] },
            { wait: 3 },
            { fetch: { headers: [], url: "/" }, responses: [{ error: true }] },
        ],
    });
    const cases = readCorpus(CORPUS);
    assert.ok(cases.length > 400);
    assert.ok(cases.filter(({ skipped }) => skipped !== undefined).length < cases.length / 3);
    for (const { situation, file } of cases.filter(({ skipped }) => skipped === undefined)) {
        const { steps } = await predict(situation);
        const purposeful = withPurposes(situation, steps);
        assert.deepEqual((await predict(purposeful)).steps, steps, file);
    }
}));

test("what is written reads back", { skip }, () => withPredictor(async (predict) => {
    for (const situation of generateAll(6, 60)) {
        const { steps } = await predict(situation);
        if (steps.some(({ refused }) => refused)) continue;
        const given = givenResponses(situation, steps);
        const text = writeCase({ title: "It is so.", prose: [], situation, answered: steps, given });
        const script = parseCase(text.toString("latin1"));
        const fetches = script.steps.filter(({ fetch }) => fetch !== undefined);
        situation.steps.filter(({ op }) => op !== "wait").forEach((step, i) => {
            assert.equal(fetches[i].fetch.url, step.url);
            assert.deepEqual(fetches[i].fetch.headers, step.headers.map(([name, value]) => [name, value]));
            assert.deepEqual(fetches[i].responses.map(({ status }) => status),
                             given[i].map(({ status }) => status));
            assert.deepEqual(fetches[i].responses.map(({ headers }) => headers),
                             given[i].map(({ headers }) => headers));
        });
    }
}));
