/* Situations about cookies: what is drawn depends on seed and index alone, hosts belong to their
 * situation, all that the comparison is about is drawn, and a run would notice if one browser were
 * taken for another. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../compare.mjs";
import { generateCookies } from "../cookies.mjs";
import { openPredictor } from "../predict.mjs";

const CORSIM = process.env.CORSIM;

const situations = (count) => Array.from({ length: count }, (_, i) => generateCookies(1, i));

const setCookies = ({ visits, steps }) =>
    [...visits.flatMap(({ setCookie }) => setCookie),
     ...steps.flatMap(({ responses }) => responses.flatMap(({ headers }) =>
         headers.filter(([name]) => name === "Set-Cookie").map(([, value]) => value)))];

test("a seed and an index make one situation", () => {
    assert.deepEqual(generateCookies(1, 5), generateCookies(1, 5));
    assert.notDeepEqual(generateCookies(2, 5).steps, generateCookies(1, 5).steps);
});

test("every host of a situation has its id", () => {
    for (const { id, origin, visits, steps } of situations(200))
        for (const url of [origin, ...visits.map((visit) => visit.url),
                           ...steps.flatMap(({ responses }) => responses.map((one) => one.url))])
            assert.match(new URL(url).hostname, new RegExp(`(^|[.-])${id}\\.(example|localhost)$`));
});

test("every kind of cookie, page, relation, redirect and credentials mode is drawn", () => {
    const all = situations(500);
    const cookies = all.flatMap(setCookies);
    for (const attribute of ["SameSite=None", "SameSite=Lax", "SameSite=Strict", "Secure", "Domain=",
                             "Path=", "Partitioned", "Max-Age=", "Expires="])
        assert.ok(cookies.filter((text) => text.includes(`; ${attribute}`)).length > 50, attribute);
    const steps = all.flatMap((one) => one.steps);
    for (const mode of ["include", "same-origin", "omit"])
        assert.ok(steps.filter(({ credentials }) => credentials === mode).length > 20, mode);
    for (const hops of [1, 2, 3])
        assert.ok(steps.filter(({ responses }) => responses.length === hops).length > 50, `${hops}`);
    for (const scheme of ["https:", "http:"])
        assert.ok(all.filter(({ origin }) => origin.startsWith(scheme)).length > 100, scheme);
});

test("no browser is taken for another one", async () => {
    const predicted = {};
    for (const engine of ["chromium", "firefox", "webkit"]) {
        const predictor = await openPredictor({ corsim: CORSIM, engine });
        predicted[engine] = [];
        for (const situation of situations(30))
            predicted[engine].push(await predictor.predict(situation));
        predictor.close();
    }
    for (const [one, other] of [["chromium", "firefox"], ["chromium", "webkit"], ["firefox", "webkit"]]) {
        const differ = situations(30).filter((situation, i) =>
            compare(situation, predicted[one][i], predicted[other][i])
                .some((difference) => difference.class === "cookies"));
        assert.ok(differ.length >= 3, `${one} and ${other}: ${differ.length}`);
    }
});
