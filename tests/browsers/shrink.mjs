/* Shrinks a disagreement: plays ever smaller situations in the browser until none of the smaller
 * ones disagrees in the same way. All that can be taken away is tried singly, in one go, since a
 * browser plays many situations quickly; then what could be is taken away together.
 * Invariants: the number of plays is bounded; each play has host names of its own, since a browser
 * remembers; what comes out disagrees with the signature that went in. */
import { wireURL } from "./answers.mjs";
import { compare, signatureOf } from "./compare.mjs";

/* ---- Reductions --------------------------------------------------------------------------- */

/* A reduction is a function that changes a situation in one place. Those of one situation can be
 * applied together, the last first, so that no index is moved before it is used. */

/* Fields of a fetch, and what is simplest. */
const PLAIN_FIELDS = { api: undefined, method: "GET", mode: undefined, credentials: undefined,
                       redirect: undefined, cache: undefined, referrer: undefined,
                       referrerPolicy: undefined, keepalive: undefined, bodyType: undefined,
                       body: undefined, useCORSPreflight: undefined };

function* lessSteps(situation) {
    const count = situation.steps.length;
    for (let i = 0; i < count && count > 1; i++) yield (copy) => copy.steps.splice(i, 1);
}

function* lessPage(situation) {
    if (situation.page !== undefined && situation.origin !== "null")
        yield (copy) => delete copy.page;
    if (situation.clientReferrerPolicy !== undefined)
        yield (copy) => {
            delete copy.clientReferrerPolicy;
            copy.pageHeaders = copy.pageHeaders.filter(([name]) => name !== "Referrer-Policy");
        };
    if (situation.origin === "null" && situation.page)
        yield (copy) => {
            copy.origin = new URL(copy.page).origin;
            delete copy.page;
            copy.pageHeaders = copy.pageHeaders.filter(([name]) => name === "Referrer-Policy");
            for (const response of copy.steps.flatMap((step) => step.responses ?? []))
                for (const header of response.headers ?? [])
                    if (header[1] === "null") header[1] = copy.origin;
        };
}

/* The same everywhere on https, and on default ports. */
function* plainerOrigins(situation) {
    const text = JSON.stringify(situation);
    for (const [pattern, replacement] of [[/http:\/\//g, "https://"],
                                          [/(\.example):\d{4}/g, "$1"]])
        if (pattern.test(text))
            yield (copy) =>
                Object.assign(copy, JSON.parse(JSON.stringify(copy).replace(pattern, replacement)));
}

function* lessOfFetch(situation, i) {
    const step = situation.steps[i];
    for (const [key, value] of Object.entries(PLAIN_FIELDS))
        if (step[key] !== undefined && step[key] !== value)
            yield ({ steps }) => {
                if (value === undefined) delete steps[i][key];
                else steps[i][key] = value;
                if (key === "body") delete steps[i].bodyType;
                if (key === "api") delete steps[i].useCORSPreflight;
            };
    const headers = step.headers ?? [];
    if (headers.length > 3) yield ({ steps }) => steps[i].headers.splice(headers.length / 2);
    for (let j = 0; j < headers.length; j++) {
        yield ({ steps }) => steps[i].headers.splice(j, 1);
        if (headers[j][1].length > 1) yield ({ steps }) => (steps[i].headers[j][1] = "1");
    }
    if (/[#?]/.test(step.url))
        yield ({ steps }) => moveTo(steps[i], step.url.replace(/[#?].*/s, ""));
}

/* Another URL for a fetch and the responses of its first hop. */
function moveTo(step, url) {
    for (const response of step.responses)
        if (response.url !== undefined && wireURL(response.url) === wireURL(step.url))
            response.url = url;
    step.url = url;
}

/* Takes a redirect out: the fetch begins behind it, or ends there. */
function* lessHops(situation, i) {
    const step = situation.steps[i];
    for (let j = 0; j < step.responses.length; j++) {
        const location = locationOf(step.responses[j]);
        if (location === null) continue;
        yield ({ steps }) => {
            const response = steps[i].responses[j];
            response.headers = response.headers.filter(([name]) =>
                name.toLowerCase() !== "location");
            response.status = 200;
        };
        const { url } = step.responses[j];
        if (url === undefined || !URL.canParse(location, url)) continue;
        const target = new URL(location, url).href;
        yield ({ steps }) => {
            const one = steps[i];
            if (wireURL(one.url) === wireURL(url)) one.url = target;
            for (const header of one.responses.flatMap(({ headers }) => headers ?? []))
                if (header[0].toLowerCase() === "location" && header[1] === url) header[1] = target;
            one.responses = one.responses.filter((response) => response.url !== url);
        };
    }
}

function locationOf(response) {
    const header = (response.headers ?? []).find(([name]) => name.toLowerCase() === "location");
    return header === undefined ? null : header[1];
}

function* lessOfResponses(situation, i) {
    const { responses } = situation.steps[i];
    for (let j = 0; j < responses.length; j++) {
        const response = responses[j];
        if (responses.length > 1) yield ({ steps }) => steps[i].responses.splice(j, 1);
        if (response.error) continue;
        const set = (change) => ({ steps }) => change(steps[i].responses[j]);
        if (response.status !== 200 && locationOf(response) === null)
            yield set((one) => (one.status = 200));
        if (response.statusText) yield set((one) => delete one.statusText);
        if (response.body) yield set((one) => delete one.body);
        for (let k = 0; k < response.headers.length; k++) {
            yield set((one) => one.headers.splice(k, 1));
            for (const value of plainerValues(response.headers[k][1]))
                yield set((one) => (one.headers[k][1] = value));
        }
    }
}

/* A list with an element less; a value without what surrounds it. */
function* plainerValues(value) {
    const parts = value.split(",");
    for (let i = 0; i < parts.length && parts.length > 1; i++)
        yield [...parts.slice(0, i), ...parts.slice(i + 1)].join(",");
    if (value.trim() !== value) yield value.trim();
}

/* Whole steps first: nothing else is tried while one can go. */
const STAGES = [lessSteps, lessInside];

function* lessInside(situation) {
    yield* lessPage(situation);
    yield* plainerOrigins(situation);
    for (let i = 0; i < situation.steps.length; i++) {
        if (situation.steps[i].op === "wait") continue;
        yield* lessHops(situation, i);
        yield* lessOfFetch(situation, i);
        yield* lessOfResponses(situation, i);
    }
}

export function* reductions(situation) {
    for (const stage of STAGES) yield* stage(situation);
}

/* The situation with some of its reductions applied; null if they do not go together. */
export function reduced(situation, some) {
    const copy = structuredClone(situation);
    try {
        for (const change of [...some].reverse()) change(copy);
    } catch {
        return null;
    }
    return copy;
}

/* How much there is of it, to choose the smallest; the id is not part of it. */
export const sizeOf = (situation) => JSON.stringify(withId(situation, "id")).length;

/* ---- Shrinking ---------------------------------------------------------------------------- */

/* The same with another id, and so with other host names. */
export function withId(situation, id) {
    return JSON.parse(JSON.stringify(situation).replaceAll(situation.id, id));
}

/* A second of waiting costs as much as so many plays. */
const PLAYS_A_SECOND = 10;

const costOf = ({ steps }) =>
    steps.reduce((sum, step) => sum + (step.op === "wait" ? step.seconds * PLAYS_A_SECOND : 0), 1);

/* Plays and compares, and counts the plays. */
class Trial {
    constructor({ situation, signature, play, predict, mostPlays }) {
        Object.assign(this, { id: situation.id, signature, play, predict, left: mostPlays,
                              plays: 0 });
    }

    /* As many as can be afforded, with hosts of their own. */
    afford(candidates) {
        const named = [];
        for (const candidate of candidates) {
            this.left -= costOf(candidate);
            if (this.left < 0) break;
            named.push(withId(candidate, `${this.id}k${this.plays++}`));
        }
        return named;
    }

    /* For each candidate null, or what it shows if it disagrees with the signature. */
    async disagreeing(candidates) {
        const named = this.afford(candidates);
        const observations = named.length === 0 ? [] : await this.play(named);
        return Promise.all(candidates.map(async (_, i) =>
            i < named.length ? this.judge(named[i], observations[i]) : null));
    }

    async judge(situation, observed) {
        if (observed === undefined || observed.problem) return null;
        const predicted = await this.predict(situation);
        const differences = compare(situation, predicted, observed);
        const same = differences.filter((one) => signatureOf([one]) === this.signature);
        const others = differences.filter((one) => !same.includes(one));
        return same.length === 0 ? null
            : { situation, predicted, observed, differences: [...same, ...others] };
    }
}

/* From what can be taken away singly: as much as can be taken away together. */
async function together(trial, situation, changes) {
    const middle = Math.ceil(changes.length / 2);
    const groups = [changes, changes.slice(0, middle), changes.slice(middle)];
    const candidates = groups.map((group) => reduced(situation, group)).filter((one) => one);
    return (await trial.disagreeing(candidates)).filter((one) => one !== null);
}

/* play(situations) gives observations in their order, predict(situation) a prediction.
 * Returns { situation, predicted, observed, differences, plays }, or { flaky: true } if there was
 * no disagreement to begin with. */
export async function shrink({ situation, signature, play, predict, mostPlays = 600 }) {
    const trial = new Trial({ situation, signature, play, predict, mostPlays });
    let [best] = await trial.disagreeing([situation]);
    if (best === null) return { situation, flaky: true, plays: trial.plays };
    for (const stage of STAGES) {
        let less = best;
        while (less !== null) {
            best = less;
            less = trial.left > 0 ? await smaller(trial, best.situation, stage) : null;
        }
    }
    return { ...best, plays: trial.plays };
}

/* What still disagrees with less in it; null if nothing does. */
async function smaller(trial, situation, stage) {
    const changes = [...stage(situation)];
    const shown = await trial.disagreeing(changes.map((change) => reduced(situation, [change])));
    const single = shown.filter((one) => one !== null);
    if (single.length === 0) return null;
    const good = changes.filter((_, i) => shown[i] !== null);
    const joint = good.length > 1 ? await together(trial, situation, good) : [];
    return smallest([...single, ...joint]);
}

function smallest(found) {
    return found.reduce((a, b) => (sizeOf(b.situation) < sizeOf(a.situation) ? b : a));
}

/* `value` without the label that made the situation's hosts unique: app.g1n7k3.example is
 * app.example again, or app.shop.example where another host has the same site. */
export function withoutId(value, situation) {
    const { id } = situation;
    const site = JSON.stringify(situation).includes(`api.${id}.`) ? ".shop." : ".";
    return JSON.parse(JSON.stringify(value).replaceAll(`.${id}.`, site).replaceAll(`-${id}.`, ".")
        .replaceAll(id, "id"));
}
