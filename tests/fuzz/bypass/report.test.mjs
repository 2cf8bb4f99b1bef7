/* Whether bench/bypass would notice: what its report says of made-up runs, and what it takes the
 * two scanners to send and to find. */
import assert from "node:assert/strict";
import test from "node:test";
import { medianOf, summarize, textOf } from "../../../bench/bypass.d/report.mjs";
import { scanners } from "../../../bench/bypass.d/scanners.mjs";

const vulnerable = { id: "a", variant: "vulnerable", class: "prefix" };
const fixed = { id: "a", variant: "fixed", class: "prefix" };
const negative = { id: "b", variant: "negative", class: "other" };
const checks = [vulnerable, fixed, negative];

const nothing = { executions: 900, seconds: 10, witnesses: [] };
const hit = (executions, origin = "https://example.com.evil.test", meant = false) =>
    ({ executions, seconds: executions / 1000, witnesses: [{ origin, executions, meant }] });

function summaryOf(runs, names = ["ours"], troubles = []) {
    const map = new Map(checks.map((check, i) => [check, runs[i]]));
    return summarize(checks, map, names,
                     { troubles, seeds: 2, seconds: 10, elapsed: 1, skipped: [], about: [] });
}

const quiet = { ours: [nothing], libfuzzer: [nothing] };
const failuresOf = (...given) => summaryOf(...given).failures;

test("a median among censored runs has no value", () => {
    assert.equal(medianOf([3, 1, 2]), 2);
    assert.equal(medianOf([1, 2]), 1.5);
    assert.equal(medianOf([1, null, 2]), 2);
    assert.equal(medianOf([1, null]), null);
    assert.equal(medianOf([null, null, 1]), null);
    assert.equal(medianOf([]), null);
});

test("everything found, and nothing else, is no failure", () => {
    assert.deepEqual(failuresOf([{ ours: [hit(3), hit(4)] }, quiet, quiet]), []);
});

test("one seed that misses is a failure", () => {
    assert.deepEqual(failuresOf([{ ours: [hit(3), nothing] }, quiet, quiet]), ["missed: a"]);
});

test("a witness against a fixed twin or a true negative is a failure", () => {
    const wrong = { ours: [nothing, hit(5)] };
    assert.equal(failuresOf([{ ours: [hit(3)] }, wrong, quiet]).length, 1);
    assert.equal(failuresOf([{ ours: [hit(3)] }, quiet, wrong]).length, 1);
});

test("a witness that no browser sends is a failure", () => {
    for (const origin of ["https://EXAMPLE.com", "https://example.com:443", "https://a^.test", "",
                          "https://example.com/", "https://a.test\n", "https://a@b.test"])
        assert.deepEqual(failuresOf([{ ours: [hit(3, origin)] }, quiet, quiet]),
                         [`no browser sends ${origin}`]);
    assert.deepEqual(failuresOf([{ ours: [hit(3, "null")] }, quiet, quiet]), []);
});

test("more than a tenth of plain libFuzzer's executions is a failure", () => {
    const names = ["libfuzzer", "ours"];
    const ratio = (ours, libfuzzer) => summaryOf([{ ours, libfuzzer }, quiet, quiet], names);
    assert.deepEqual(ratio([hit(10)], [hit(100)]).failures, []);
    assert.equal(ratio([hit(11)], [hit(100)]).failures.length, 1);
    /* What it did without finding anything counts; what it never finds does not. */
    assert.equal(ratio([hit(10)], [hit(100), nothing]).ratio.median, 10 / 500);
    assert.equal(ratio([hit(10)], [nothing, nothing]).ratio, undefined);
});

test("the earliest witness counts, whatever comes first", () => {
    const run = { ...hit(50), witnesses: [...hit(50).witnesses, ...hit(7).witnesses] };
    assert.equal(summaryOf([{ ours: [run] }, quiet, quiet]).methods[0].executions, 7);
});

test("troubles, and nothing at all, are failures", () => {
    assert.equal(failuresOf([{ ours: [hit(3)] }, quiet, quiet], ["ours"], ["it broke"]).length, 1);
    assert.deepEqual(failuresOf([{}, {}, {}]), ["nothing was measured"]);
});

test("a scanner that finds what is meant has found no bypass, and is wrong about the twin", () => {
    const meant = { corsy: [hit(3, "http://example.com", true)] };
    const { methods: [corsy] } = summaryOf([meant, meant, { corsy: [nothing] }], ["corsy"]);
    assert.equal(corsy.detected, 0);
    assert.equal(corsy.falseAlarms.length, 1);
});

test("the text names what is wrong", () => {
    const text = textOf(summaryOf([{ ours: [nothing] }, quiet, quiet]));
    assert.match(text, /^FAIL missed: a$/m);
    assert.match(text, /^corsim fuzz +0\/1 /m);
});

const target = { origin: "https://api.example.co.uk", domain: "example.co.uk", answer: "*" };

test("what the scanners send", () => {
    const corscanner = scanners.corscanner.sends(target);
    for (const origin of ["https://evil.com", "https://api.example.co.uk.evil.com", "null",
                          "https://evilexample.co.uk", "https://xample.co.uk",
                          "https://api.example.coauk", "https://repl.it",
                          "https://api.example.co.uk%60.evil.com",
                          "https://evil.api.example.co.uk", "http://api.example.co.uk"])
        assert.ok(corscanner.includes(origin), origin);
    assert.equal(corscanner.length, 37);
    assert.deepEqual(scanners.corsy.sends(target), [
        "https://example.com", "https://api.example.co.uk.example.com",
        "https://d3vapi.example.co.uk", "null", "https://api.example.co.uk_.example.com",
        "https://api.example.co.uk%60.example.com", "https://apixexample.co.uk",
        "http://api.example.co.uk"]);
});

test("what the scanners take for a finding", () => {
    const { corscanner, corsy } = scanners;
    const answer = (origin, said) => ({ origin, answer: said });
    assert.ok(corscanner.finds(answer("https://evil.com", "https://evil.com")));
    assert.ok(corscanner.finds(answer("https://evil.com", "https://EVIL.com:8443")));
    assert.ok(corscanner.finds(answer("null", "null")));
    assert.ok(!corscanner.finds(answer("https://evil.com", "*")));
    assert.ok(!corscanner.finds(answer("https://evil.com", null)));
    assert.ok(corsy.finds(answer("https://example.com", "https://example.com"), target, false));
    assert.ok(!corsy.finds(answer("https://example.com", "*"), target, false));
    assert.ok(corsy.finds(answer("http://api.example.co.uk", "*"), target, true));
    assert.ok(!corsy.finds(answer("http://api.example.co.uk", target.origin), target, true));
    assert.ok(corsy.finds(answer("http://api.example.co.uk", "https://other.test"), target, true));
});
