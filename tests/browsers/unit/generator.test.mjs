/* The generator: what is drawn depends on seed and index alone, is spread over the space, can be
 * told apart by host names, and is understood by corsim; the parts it rests on do what they say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Answers, NO_ANSWER, isPreflight, wireURL } from "../answers.mjs";
import { Random, generate, generateAll } from "../generator.mjs";
import { openPredictor } from "../predict.mjs";

const CORSIM = process.env.CORSIM;

test("a seed and an index make one situation, whatever was drawn before", () => {
    const all = [...generateAll(7, 40)];
    for (const index of [39, 0, 17]) assert.deepEqual(generate(7, index), all[index]);
    assert.notDeepEqual(generate(8, 17).steps, generate(7, 17).steps);
});

test("the generator of random numbers gives what it always gave", () => {
    const random = new Random(1, 0);
    assert.deepEqual([random.next(), random.next(), random.next()], FIRST);
});

const FIRST = [1882095655, 1074955338, 3718363789];

test("numbers below a bound are below it, all of them are drawn, and weights count", () => {
    const random = new Random(3, 0);
    const seen = new Set();
    for (let i = 0; i < 1000; i++) seen.add(random.below(10));
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let heavy = 0;
    for (let i = 0; i < 1000; i++) heavy += random.weighted([[9, 1], [1, 0]]);
    assert.ok(heavy > 840 && heavy < 960, `${heavy}`);
    for (let i = 0; i < 100; i++) assert.equal(random.weighted([[0, "never"], [1, "always"]]), "always");
});

test("every host of a situation has its id", () => {
    for (const situation of generateAll(2, 300)) {
        const urls = [situation.origin, situation.page, ...situation.steps.flatMap((step) =>
            [step.url, ...(step.responses ?? []).map(({ url }) => url)])];
        for (const url of urls.filter((one) => one !== undefined && one !== "null"))
            assert.match(new URL(url).hostname, new RegExp(`[.-]${situation.id}\\.example$`));
    }
});

test("all parts of the space are drawn", () => {
    const seen = new Set();
    for (const situation of generateAll(1, 1500)) {
        seen.add(new URL(situation.page ?? situation.origin).protocol);
        if (situation.origin === "null") seen.add("opaque origin");
        if (situation.steps.length > 1) seen.add("sequence");
        for (const step of situation.steps) {
            for (const key of ["api", "mode", "credentials", "redirect", "cache", "method"])
                seen.add(`${key} ${step[key]}`);
            for (const response of step.responses ?? []) {
                seen.add(`${response.for} ${response.error ? "error" : response.status}`);
                for (const [name] of response.headers ?? []) seen.add(name.toLowerCase());
            }
        }
    }
    for (const what of [
        "http:", "https:", "opaque origin", "sequence", "api xhr", "mode cors", "mode no-cors",
        "mode same-origin", "credentials include", "credentials omit", "redirect error",
        "redirect manual", "cache only-if-cached", "method patch", "method PATCH", "method Put",
        "method TRACE", "preflight 204", "preflight 302", "preflight error", "actual 303",
        "actual 308", "location", "access-control-max-age", "access-control-expose-headers",
        "cross-origin-resource-policy",
    ])
        assert.ok(seen.has(what), what);
});

test("corsim understands every situation, and about half of the fetches pass a preflight",
    { skip: CORSIM === undefined && "CORSIM is not set" }, async () => {
        const predictor = await openPredictor({ corsim: CORSIM, engine: "spec" });
        let preflighted = 0, passed = 0, fetches = 0, readable = 0;
        for (const situation of generateAll(4, 600)) {
            const { steps } = await predictor.predict(situation);
            for (const { wire, result } of steps) {
                fetches++;
                readable += result === "cors" || result === "basic";
                if (!wire.some(({ preflight }) => preflight)) continue;
                preflighted++;
                passed += wire.some(({ preflight }, i) => i > 0 && !preflight && wire[i - 1].preflight);
            }
        }
        predictor.close();
        assert.ok(preflighted > fetches / 3, `${preflighted} preflights of ${fetches}`);
        assert.ok(passed > preflighted * 0.45 && passed < preflighted * 0.9, `${passed} passed`);
        assert.ok(readable > fetches * 0.35 && readable < fetches * 0.8, `${readable} readable`);
    });

test("a request is answered by what fits it, in order, and the last again and again", () => {
    const url = "https://a.example/x";
    const answers = new Answers([
        { for: "preflight", url, status: 204 },
        { for: "actual", url, status: 500 },
        { for: "actual", url: "https://a.example/x#f", status: 201 },
        { status: 418 },
    ]);
    const ask = (preflight, asked = url) => answers.answer({ preflight, url: asked }).status;
    assert.equal(ask(false), 500);
    assert.equal(ask(true), 204);
    assert.equal(ask(false, "https://u:p@a.example/x#y"), 201);
    assert.equal(ask(false, "https://a.example/"), 418);
    assert.equal(ask(false, "https://a.example/"), 418);
    assert.equal(new Answers([{ for: "actual", status: 200 }]).answer({ preflight: true, url }), NO_ANSWER);
    assert.equal(new Answers(undefined).answer({ preflight: false, url }), NO_ANSWER);
    const plain = new Answers([{ status: 1 }, { status: 2 }]);
    assert.deepEqual([1, 2, 3].map(() => plain.answer({ preflight: false, url }).status), [1, 2, 2]);
});

test("a preflight is OPTIONS that asks for a method", () => {
    assert.ok(isPreflight("OPTIONS", [["access-control-request-Method", "PUT"]]));
    assert.ok(!isPreflight("OPTIONS", [["Origin", "x"]]));
    assert.ok(!isPreflight("GET", [["Access-Control-Request-Method", "PUT"]]));
    assert.equal(wireURL("https://u:p@A.example:443/x?y#z"), "https://a.example/x?y");
    assert.equal(wireURL("no URL"), "no URL");
});
