/* Where prediction and observation differ, by class. Outcome and wire are what issue 3 calls
 * agreement; the other classes are compared too, and counted apart. What no laboratory of this kind
 * can see is in UNOBSERVABLE, each with the reason, and nowhere else. */
import { wireURL } from "./answers.mjs";

/* The first two are agreement on what matters; all are reported. */
export const CLASSES = ["outcome", "wire", "exception", "request-headers", "referer", "sec-fetch",
                        "console", "cookies", "validators"];

export const UNOBSERVABLE = [
    {
        what: "response type of XMLHttpRequest",
        why: "it has no such property: basic and cors count as readable",
    },
    {
        what: "redirected of XMLHttpRequest",
        why: "it has no such property; responseURL and the wire show the redirects",
    },
    {
        what: "fragment of a response's URL",
        why: "Response.url and responseURL leave it out",
    },
    {
        what: "how often a request was tried on a connection that failed",
        why: "a retry below fetch is the network stack's; the same request twice in a row behind a "
            + "connection that was closed counts once",
    },
    {
        what: "headers and body of what a data: URL holds",
        why: "no server has a part in it, and corsim does not read it (spec-tables/scope.tsv)",
    },
    {
        what: "the console's words on a final response with a status below 200",
        why: "HTTP/1.1 has none: a browser goes on waiting until the connection ends",
    },
    {
        what: "Firefox's \"Content at moz-nullprincipal:... may not load\"",
        why: "it has a random number in it, and the origin of who made the opaque page",
    },
    {
        what: "anything but the result after a network error",
        why: "script gets an exception and nothing else",
    },
];

const PROBLEMS_FIRST = ["result", "status", "statusText", "url", "redirected", "headers", "body"];

const lower = (name) => name.toLowerCase();

export function headerOf(headers, name) {
    const values = headers.filter(([other]) => lower(other) === name).map(([, value]) => value);
    return values.length === 0 ? null : values.join(", ");
}

const withoutFragment = (url) => (url ?? "").replace(/#.*$/s, "");

/* What both sides can say about the result of an API. */
function outcomeOf(step, { api }) {
    const xhr = api === "xhr";
    const result = xhr && ["basic", "cors", "readable"].includes(step.result) ? "readable"
                                                                             : step.result;
    if (result === "network-error") return { result };
    if (/^data:/i.test(step.url ?? "")) return { result, status: step.status };
    return {
        result,
        status: step.status,
        statusText: step.statusText ?? "",
        url: withoutFragment(step.url),
        redirected: xhr ? null : Boolean(step.redirected),
        headers: step.headers ?? [],
        body: step.body ?? "",
    };
}

/* The requests, a retry of one that got no answer left out. */
export function wireOf(step, failed) {
    const requests = (step.wire ?? []).map((request) => ({
        method: request.method,
        url: wireURL(request.url),
        origin: headerOf(request.headers, "origin"),
        acrm: headerOf(request.headers, "access-control-request-method"),
        acrh: headerOf(request.headers, "access-control-request-headers"),
        headers: request.headers,
        error: request.error,
    }));
    const key = ({ method, url, acrm }) => `${method} ${url} ${acrm}`;
    return requests.filter((request, i) =>
        i === 0 || !failed(requests[i - 1]) || key(request) !== key(requests[i - 1]));
}

const WIRE_FIELDS = ["method", "url", "origin", "acrm", "acrh"];

/* Whether the script of a step closes the connection on such a request. */
function closes(step) {
    const errors = (step.responses ?? []).filter((response) => response.error);
    return ({ url, acrm }) =>
        errors.some((response) =>
            (response.url === undefined || wireURL(response.url) === url) &&
            (response.for === undefined || (response.for === "preflight") === (acrm !== null)));
}

function show(value) {
    return value === undefined ? null : value;
}

function* outcomeDifferences(step, predicted, actual) {
    const left = outcomeOf(predicted, step), right = outcomeOf(actual, step);
    for (const field of PROBLEMS_FIRST) {
        if (left[field] === undefined && right[field] === undefined) continue;
        if (JSON.stringify(left[field]) === JSON.stringify(right[field])) continue;
        yield { class: "outcome", field, predicted: show(left[field]), observed: show(right[field]) };
        if (field === "result") return;
    }
}

function* wireDifferences(left, right) {
    const summary = (requests) =>
        requests.map(({ method, url }) => `${method} ${url}`);
    if (left.length !== right.length) {
        yield { class: "wire", field: "requests", predicted: summary(left),
                observed: summary(right) };
        return;
    }
    for (let i = 0; i < left.length; i++)
        for (const field of WIRE_FIELDS)
            if (left[i][field] !== right[i][field])
                yield { class: "wire", field, request: i, predicted: left[i][field],
                        observed: right[i][field] };
}

const VALIDATORS = ["if-none-match", "if-modified-since"];
const FETCH_METADATA = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];

/* Names that script cannot set and the network stack does: what they hold is not its choice. */
const STACK_NAMES = ["accept-charset", "accept-encoding", "access-control-request-headers",
                     "access-control-request-method", "connection", "content-length", "cookie",
                     "date", "dnt", "expect", "host", "keep-alive", "origin", "referer", "te",
                     "trailer", "transfer-encoding", "upgrade", "via", ...FETCH_METADATA];

/* Header values of requests that are compared outside the class `wire`. */
function* headerDifferences(step, left, right) {
    const given = new Set((step.headers ?? []).map(([name]) => lower(name)));
    if (step.body !== undefined) given.add("content-type");
    for (const name of STACK_NAMES) given.delete(name);
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
        const differ = function* (name, kind) {
            const predicted = headerOf(left[i].headers, name);
            const observed = headerOf(right[i].headers, name);
            if (predicted !== observed)
                yield { class: kind, field: name, request: i, predicted, observed };
        };
        if (left[i].acrm === null) for (const name of given) yield* differ(name, "request-headers");
        yield* differ("referer", "referer");
        yield* differ("cookie", "cookies");
        for (const name of VALIDATORS) yield* differ(name, "validators");
        for (const name of FETCH_METADATA) yield* differ(name, "sec-fetch");
    }
}

function* stepDifferences(step, predicted, actual) {
    yield* outcomeDifferences(step, predicted, actual);
    const failed = closes(step);
    const left = wireOf(predicted, failed), right = wireOf(actual, failed);
    yield* wireDifferences(left, right);
    if (left.length === right.length) yield* headerDifferences(step, left, right);
    if (predicted.exception !== undefined && actual.exception !== undefined &&
        (predicted.exception ?? null) !== (actual.exception ?? null))
        yield { class: "exception", field: "exception", predicted: predicted.exception,
                observed: actual.exception };
    const interim = (step.responses ?? []).some(({ status }) => status < 200);
    const heard = actual.console?.filter((line) => !line.includes(" moz-nullprincipal:{"));
    if (!interim && predicted.console !== undefined && heard !== undefined &&
        JSON.stringify(predicted.console) !== JSON.stringify(heard))
        yield { class: "console", field: "console", predicted: predicted.console, observed: heard };
}

/* All differences: { class, field, step (of the fetches, from 0), request?, predicted, observed }. */
export function compare(situation, predicted, actual) {
    const differences = [];
    const fetches = situation.steps.filter(({ op }) => op !== "wait");
    const seen = (actual.steps ?? []).filter(({ waited }) => !waited);
    fetches.forEach((step, i) => {
        const [left, right] = [predicted.steps[i], seen[i]];
        if (right === undefined) {
            differences.push({ class: "outcome", field: "step", step: i, predicted: left.result,
                               observed: null });
            return;
        }
        for (const difference of stepDifferences(step, left, right))
            differences.push({ ...difference, step: i });
    });
    return differences;
}

const names = (list) => new Set((list ?? "").split(/, ?/).filter((name) => name !== ""));

/* What one list of names has and the other has not: "+x-a -range". */
function namesThatDiffer(predicted, observed) {
    const [left, right] = [names(predicted), names(observed)];
    const more = [...right].filter((name) => !left.has(name)).map((name) => `+${name}`);
    const less = [...left].filter((name) => !right.has(name)).map((name) => `-${name}`);
    return [...more, ...less].slice(0, 3).join(" ") || "order";
}

/* "OPTIONS GET" for a list of requests. */
const methods = (requests) => requests.map((request) => request.split(" ")[0]).slice(0, 5).join(" ");

/* Disagreements of one kind have one signature, so that each kind is shrunk and shown once. */
export function signatureOf([{ class: kind, field, predicted, observed }]) {
    const brief = (value) => (value === null ? "null" : "value");
    if (field === "result") return `${kind} ${field}: ${predicted}, not ${observed}`;
    if (field === "acrh") return `${kind} ${field}: ${namesThatDiffer(predicted, observed)}`;
    if (field === "headers")
        return `${kind} ${field}: ${namesThatDiffer(...[predicted, observed].map((list) =>
            list.map(([name]) => name).join(",")))}`;
    if (field === "requests")
        return `${kind} ${field}: ${methods(predicted)}, not ${methods(observed)}`;
    return `${kind} ${field}: ${brief(predicted)}, not ${brief(observed)}`;
}
