/* Draws situations about the HTTP cache from a seed: what a page fetched, how it may be kept, and
 * how the same is fetched again (https://httpwg.org/specs/rfc9111.html). All of it is http, as
 * Chromium keeps nothing from hosts with certificate errors. Fetches without CORS stand for images,
 * which differ from them in nothing that a cache looks at. What HEAD does to a stored response is not
 * drawn: it comes last. A 304 is given only where there was a response that has to be asked about.
 * Invariants: those of generator.mjs. */
import { Random } from "./generator.mjs";

const LONG_AGO = "Wed, 21 Oct 2015 07:28:00 GMT", FAR_AHEAD = "Wed, 21 Oct 2037 07:28:00 GMT";

/* What a response says about its life: by weight. */
const LIVES = [
    [40, [["Cache-Control", "max-age=3600"]]],
    [4, [["Cache-Control", "public, max-age=3600"]]],
    [4, [["Cache-Control", "private, max-age=3600"]]],
    [4, [["Cache-Control", "max-age=3600, s-maxage=0"]]],
    [4, [["Cache-Control", "s-maxage=3600"]]],
    [3, [["cache-control", "MAX-AGE=3600"]]],
    [6, [["Cache-Control", "max-age=0"]]],
    [6, [["Cache-Control", "no-cache"]]],
    [6, [["Cache-Control", "no-store"]]],
    [3, [["Cache-Control", "max-age=3600, no-store"]]],
    [3, [["Cache-Control", "max-age=3600, no-cache"]]],
    [3, [["Cache-Control", "max-age=3600"], ["Age", "3600"]]],
    [3, [["Cache-Control", "max-age=3600"], ["Age", "60"]]],
    [4, [["Expires", FAR_AHEAD]]],
    [3, [["Expires", LONG_AGO]]],
    [3, [["Expires", FAR_AHEAD], ["Cache-Control", "max-age=0"]]],
    [6, [["Last-Modified", LONG_AGO]]],
    [8, []],
];

const VALIDATORS = [
    [6, []],
    [5, [["ETag", "\"1\""]]],
    [2, [["ETag", "W/\"1\""]]],
    [2, [["Last-Modified", LONG_AGO]]],
];

const VARY = [[10, []], [6, [["Vary", "Origin"]]], [2, [["Vary", "Accept, origin"]]],
              [2, [["Vary", "Accept"]]], [1, [["Vary", "*"]]]];

function drawFetch(random, urls, isLast) {
    const step = { op: "fetch", url: random.pick(urls), headers: [] };
    const mode = random.weighted([[6, undefined], [4, "no-cors"]]);
    if (mode !== undefined) step.mode = mode;
    step.credentials = mode === "no-cors" ? "include"
        : random.weighted([[6, "same-origin"], [2, "omit"], [2, "include"]]);
    step.cache = random.weighted([[16, undefined], [2, "no-cache"], [2, "force-cache"], [1, "reload"],
                                  [1, "no-store"]]);
    if (step.cache === undefined) delete step.cache;
    step.method = random.weighted([[20, undefined], [isLast ? 2 : 0, "HEAD"], [2, "POST"]]);
    if (step.method === undefined) delete step.method;
    if (random.chance(10)) step.headers.push(["Accept", random.pick(["text/a", "text/b"])]);
    return step;
}

function cors(random, step, origin) {
    if (step.mode === "no-cors" && random.chance(60)) return [];
    return random.weighted([
        [6, [["Access-Control-Allow-Origin", origin], ["Access-Control-Allow-Credentials", "true"]]],
        [2, [["Access-Control-Allow-Origin", "*"]]],
        [1, []],
    ]);
}

function drawResponse(random, step, origin, number) {
    const life = random.weighted(LIVES);
    const headers = [...life, ...random.weighted(VARY), ...cors(random, step, origin)];
    /* How long an error page is fresh that has a date only is each browser's own guess. */
    const isGuess = life.length === 0 || life[0][0] === "Last-Modified";
    for (const [name, value] of random.weighted(VALIDATORS))
        if (!headers.some(([one]) => one === name)) headers.push([name, value]);
    headers.push(["Content-Length", "1"]);
    return { url: step.url, headers, statusText: "", version: "1.1", body: `${number}`,
             status: isGuess ? 200 : random.weighted([[20, 200], [2, 404], [1, 500], [1, 410]]) };
}

/* A response that the browser has to ask about, and the same request again: answered with 304,
 * which may be for another page than the first. */
function drawRevalidation(random, origin, urls) {
    const step = { op: "fetch", url: random.pick(urls), headers: [],
                   credentials: random.pick(["same-origin", "include"]) };
    const allowed = (value) => [["Access-Control-Allow-Origin", value],
                                ["Access-Control-Allow-Credentials", "true"]];
    const tag = [["ETag", "\"1\""]];
    const life = random.pick(["max-age=0", "no-cache"]);
    const said = random.weighted([[3, allowed(origin)], [2, []],
                                  [1, [["Access-Control-Allow-Origin", "http://evil.test"]]]]);
    const response = { url: step.url, status: 200, statusText: "", version: "1.1", body: "1",
                       headers: [["Cache-Control", life], ...allowed(origin), ...tag,
                                 ["Content-Length", "1"]] };
    return [{ ...step, responses: [response] },
            { ...step, responses: [{ ...response, status: 304, body: "",
                                     headers: [...tag, ...said] }] }];
}

export function generateHTTPCache(seed, index) {
    const random = new Random(seed, index);
    const id = `h${seed}n${index}`;
    const origin = `http://app.${id}.example`;
    const host = random.weighted([[2, `http://app.${id}.example`], [4, `http://api.${id}.example`],
                                  [8, `http://api.other-${id}.example`]]);
    const urls = random.chance(85) ? [`${host}/a`] : [`${host}/a`, `${host}/b`];
    const situation = { id, origin, steps: [] };
    if (random.chance(15)) situation.steps.push(...drawRevalidation(random, origin, urls));
    for (let i = random.weighted([[6, 2], [4, 3], [1, 4]]); i > 0; i--) {
        const step = drawFetch(random, urls, i === 1);
        step.responses = [drawResponse(random, step, origin, i)];
        situation.steps.push(step);
    }
    return situation;
}
