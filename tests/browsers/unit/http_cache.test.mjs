/* Situations about the HTTP cache: what is drawn depends on seed and index alone, all that decides
 * about storing, freshness and Vary is drawn, and enough of it is answered from a cache. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateHTTPCache } from "../http_cache.mjs";
import { openPredictor } from "../predict.mjs";

const situations = Array.from({ length: 300 }, (_, i) => generateHTTPCache(1, i));
const steps = situations.flatMap((one) => one.steps);

test("a seed and an index make one situation", () => {
    assert.deepEqual(generateHTTPCache(1, 5), generateHTTPCache(1, 5));
    assert.notDeepEqual(generateHTTPCache(2, 5).steps, generateHTTPCache(1, 5).steps);
});

test("every header, mode, method and status that matters to a cache is drawn", () => {
    const headers = steps.flatMap(({ responses }) => responses.flatMap((one) => one.headers));
    for (const name of ["Cache-Control", "Expires", "Last-Modified", "ETag", "Vary", "Age"])
        assert.ok(headers.filter(([one]) => one === name).length > 10, name);
    for (const mode of ["no-cache", "force-cache", "reload", "no-store"])
        assert.ok(steps.filter(({ cache }) => cache === mode).length > 5, mode);
    for (const method of ["HEAD", "POST"])
        assert.ok(steps.filter((step) => step.method === method).length > 5, method);
    for (const status of [200, 304, 404, 410, 500])
        assert.ok(steps.filter(({ responses }) => responses[0].status === status).length > 3, status);
});

test("much of what is fetched again comes from a cache, and not all", async () => {
    const predictor = await openPredictor({ corsim: process.env.CORSIM, engine: "spec",
                                            httpCache: true });
    let again = 0, cached = 0;
    for (const situation of situations.slice(0, 100)) {
        const predicted = await predictor.predict(situation);
        again += predicted.steps.length - 1;
        cached += predicted.steps.slice(1).filter(({ wire }) => wire.length === 0).length;
    }
    predictor.close();
    assert.ok(cached * 5 > again && cached < again, `${cached} of ${again}`);
});
