/* The case format (corpus/README.md) here: reading cases into situations, and writing a situation
 * as a case. Invariants: text is bytes, one code unit each, until it goes to script or into a
 * file; each case gets host names of its own, with the same sites, so that no cache knows them from
 * another case; what a laboratory cannot play is left out with a reason, never quietly. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/* ---- Reading ------------------------------------------------------------------------------ */

const unescape = (text) =>
    text.replace(/\\x([0-9a-fA-F]{2})|\\\\/g, (_, hex) =>
        hex === undefined ? "\\" : String.fromCharCode(parseInt(hex, 16)));

const trim = (text) => text.replace(/^[ \t]+|[ \t]+$/g, "");

function header(line) {
    const colon = line.indexOf(":");
    return [unescape(line.slice(0, colon)), unescape(trim(line.slice(colon + 1)))];
}

/* `key value` lines; `header` may stand several times. */
function entries(lines) {
    const found = { headers: [] };
    for (const line of lines.map(trim).filter((text) => text.length > 0)) {
        const [, key, rest] = /^(\S+)[ \t]*(.*)$/s.exec(line);
        if (key === "header") found.headers.push(header(rest));
        else found[key] = unescape(rest);
    }
    return found;
}

function response(lines) {
    const [, status, reason] = /^(\d+)[ \t]*(.*)$/s.exec(trim(lines[0]));
    let end = lines.findIndex((line, i) => i > 0 && trim(line) === "");
    if (end < 0) end = lines.length;
    return {
        status: Number(status),
        statusText: unescape(reason),
        headers: lines.slice(1, end).map((line) => header(trim(line))),
        body: lines.slice(end + 1)
            .map((line) => unescape(line.replace(/[ \t]+$/, "")))
            .join("\n"),
    };
}

function blocksOf(text) {
    const blocks = [];
    for (const line of text.split("\n").map((one) => one.replace(/\r$/, ""))) {
        const opening = /^-- (.*) --[ \t]*$/.exec(line);
        if (opening) blocks.push({ name: trim(opening[1]), lines: [] });
        else blocks.at(-1)?.lines.push(line);
    }
    for (const { lines } of blocks)
        while (lines.length > 0 && trim(lines.at(-1)) === "") lines.pop();
    return blocks;
}

/* `-- response preflight --` and `-- response actual --` say what they are for. */
function purposed(name, made) {
    const [, purpose] = name.split(" ");
    return purpose === undefined ? made : { ...made, for: purpose };
}

/* The script of a case: { title, agent, steps: [{ wait } | { fetch, responses }] }. */
export function parseCase(text) {
    const script = { title: text.split("\n", 1)[0], agent: {}, steps: [] };
    for (const { name, lines } of blocksOf(text)) {
        const wait = /^wait (\d+)$/.exec(name);
        if (wait) script.steps.push({ wait: Number(wait[1]) });
        else if (name === "agent") script.agent = { ...script.agent, ...entries(lines) };
        else if (name.startsWith("cookies ")) script.agent.cookies = "yes";
        else if (name === "fetch") script.steps.push({ fetch: entries(lines), responses: [] });
        else if (/^response( preflight| actual)?$/.test(name))
            script.steps.at(-1).responses.push(purposed(name, response(lines)));
        else if (name === "network error") script.steps.at(-1).responses.push({ error: true });
    }
    return script;
}

/* ---- What cannot be played ---------------------------------------------------------------- */

const LONGEST_WAIT = 11;

/* Where a page with an opaque origin is, if a case does not say. */
const SANDBOXED = "https://sandboxed.example/";

const AGENT_REASONS = {
    "max-age-limit": "sets the agent's own limit on max-age: a browser has its own",
    "preflight-cache": "switches the preflight cache off: a browser has one",
    "shared-cache": "has a cache before the server, of which a browser knows nothing",
    "cookies": "is about cookies, which `run --cookies` plays",
    "third-party-cookies": "is about cookies, which `run --cookies` plays",
    "user-agent": "sets the agent's User-Agent: a browser has its own",
    "accept-language": "sets the agent's Accept-Language: a browser has its own",
};

function fetchReason(fetch) {
    const page = fetch.page ?? (fetch.origin === "null" ? SANDBOXED : fetch.origin);
    if (fetch.api === "none") return "is a request of another standard (api none), not a script's";
    if (fetch["body-stream"] === "yes") return "has a stream as body, which needs HTTP/2";
    if (fetch["top-level"] !== undefined) return "has another page at top level: that is a frame";
    if (fetch["local-urls-only"] === "yes") return "has the local-URLs-only flag, no script's";
    if (fetch.mode === "websocket" || fetch.mode === "webtransport")
        return "has a mode that no script can name";
    if (!/^https?:/.test(page)) return "has a page that is not HTTP";
    if (/^https?:\/\/[^/?#]*@/.test(page))
        return "has a page with a password in its URL: browsers do not load it from a proxy";
    if (/:25(\/|$)/.test(page)) return "has a page on a bad port: no browser loads it";
    if (/xn--/.test(page)) return "has a page whose name cannot hold the id of a situation: xn--";
    return null;
}

function hostReason(text) {
    const host = /\/\/(?:[^/\s@]*@)?(localhost|[^/\s:]*\.localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]*\])/i
        .exec(text);
    return host === null ? null : `names ${host[1]}: the browser does not ask the laboratory for it`;
}

/* Cases about the HTTP cache are played by themselves. */
function cacheReason(script, httpCache) {
    if (script.agent["http-cache"] === undefined)
        return httpCache ? "is not about the HTTP cache" : null;
    if (!httpCache) return "is about the HTTP cache: played with --http-cache";
    return /https:/.test(JSON.stringify(script.steps))
        ? "is about the HTTP cache, which Chromium does without in the laboratory: https" : null;
}

export function reasonToSkip(script, httpCache) {
    const about = cacheReason(script, httpCache);
    if (about !== null) return about;
    for (const key of Object.keys(AGENT_REASONS))
        if (script.agent[key] !== undefined) return AGENT_REASONS[key];
    const pages = new Set();
    const waited = script.steps.reduce((sum, { wait }) => sum + (wait ?? 0), 0);
    if (waited > LONGEST_WAIT) return `waits ${waited} seconds`;
    for (const step of script.steps) {
        if (step.wait > LONGEST_WAIT) return `waits ${step.wait} seconds`;
        if (step.fetch === undefined) continue;
        const reason = fetchReason(step.fetch);
        if (reason !== null) return reason;
        pages.add(pageKey(step.fetch));
    }
    if (pages.size > 1) return "has fetches from several pages";
    return hostReason(JSON.stringify(script.steps));
}

const CLIENT_KEYS = ["origin", "page", "client-referrer-policy", "embedder-policy"];
const pageKey = (fetch) => JSON.stringify(CLIENT_KEYS.map((key) => fetch[key] ?? null));

/* ---- Situations --------------------------------------------------------------------------- */

/* Every name under a reserved domain gets the id at the label that makes its site. */
export function rename(value, id) {
    const text = JSON.stringify(value)
        .replace(/((?:[^\s/:@,;"'()<>?#\\.*]+|\*)\.)?example\.(com|net|org)\b/gi,
                 (_, sub, top) => `${sub ?? ""}example-${top}-${id}.example`)
        .replace(/([a-z0-9_-]|[^\x00-\x7f])\.(example|test|invalid)(?![a-z0-9-])/gi,
                 (whole, last, top, at, all) =>
                     /-(com|net|org)-\w+$/.test(all.slice(0, at + 1)) && all.slice(at - id.length + 1, at + 1) === id
                         ? whole
                         : `${last}-${id}.${top}`);
    return JSON.parse(text);
}

const NAMES = {
    "url": "url", "api": "api", "method": "method", "mode": "mode", "credentials": "credentials",
    "redirect": "redirect", "cache": "cache", "referrer": "referrer",
    "referrer-policy": "referrerPolicy", "body-type": "bodyType", "body": "body",
};

/* Keys that are text to script; header names and values stay bytes. */
const asText = (bytes) => Buffer.from(bytes, "latin1").toString("utf8");

function stepOf({ fetch, responses }, httpCache) {
    const step = { op: "fetch", headers: fetch.headers };
    for (const [key, name] of Object.entries(NAMES))
        if (fetch[key] !== undefined) step[name] = asText(fetch[key]);
    step.method ??= "GET";
    for (const [key, name] of [["keepalive", "keepalive"], ["use-cors-preflight", "useCORSPreflight"]])
        if (fetch[key] === "yes") step[name] = true;
    step.responses = responses.map((one) => one.error ? one : httpCache ? whole(one) : uncached(one));
    return step;
}

/* Said to be all that there is, so that it may be kept. */
function whole(response) {
    const length = ["Content-Length", String(Buffer.byteLength(response.body, "latin1"))];
    return { ...response, version: "1.1",
             headers: response.status === 304 ? response.headers : [...response.headers, length] };
}

/* Nothing is to get into the HTTP cache but where it is what a case is about. */
function uncached(response) {
    const has = response.headers.some(([name]) => name.toLowerCase() === "cache-control");
    return has ? response
               : { ...response, headers: [...response.headers, ["Cache-Control", "no-store"]] };
}

function situationOf(script, id, httpCache) {
    const first = script.steps.find(({ fetch }) => fetch !== undefined).fetch;
    const situation = { id, title: script.title, origin: first.origin, pageHeaders: [] };
    if (first.page !== undefined) situation.page = asText(first.page);
    if (first.origin === "null") situation.page ??= SANDBOXED;
    if (first.origin === "null")
        situation.pageHeaders.push(["Content-Security-Policy", "sandbox allow-scripts"]);
    if (first["client-referrer-policy"] !== undefined) {
        situation.clientReferrerPolicy = first["client-referrer-policy"];
        situation.pageHeaders.push(["Referrer-Policy", situation.clientReferrerPolicy]);
    }
    if (first["embedder-policy"] !== undefined) {
        situation.embedderPolicy = first["embedder-policy"];
        situation.pageHeaders.push(["Cross-Origin-Embedder-Policy", situation.embedderPolicy]);
    }
    situation.steps = script.steps.map((step) =>
        step.wait === undefined ? stepOf(step, httpCache) : { op: "wait", seconds: step.wait });
    return rename(situation, id);
}

/* { id, file, situation } or { id, file, skipped: why } for each case below a folder, in order. */
export function readCorpus(folder, httpCache = false) {
    const files = readdirSync(folder, { recursive: true })
        .filter((name) => name.endsWith(".case"))
        .sort();
    return files.map((name, i) => {
        const file = relative(".", join(folder, name));
        const script = parseCase(readFileSync(join(folder, name), "latin1"));
        const skipped = reasonToSkip(script, httpCache);
        const id = `corpus${i}`;
        return skipped === null ? { id, file: name, situation: situationOf(script, id, httpCache) }
                                : { id, file: name, skipped };
    });
}

/* A list in the order of the standard's requests becomes one in which each response says what it
 * is for: an engine that sends one preflight more or less still gets the right ones.
 * `steps` is a prediction with the engine `spec`. */
export function withPurposes(situation, steps) {
    const copy = structuredClone(situation);
    copy.steps.filter(({ op }) => op !== "wait").forEach((step, i) => {
        if (step.responses.some((response) => response.for !== undefined)) return;
        step.responses.forEach((response, j) => {
            const request = steps[i].wire[j];
            if (request === undefined) return;
            response.for = request.preflight ? "preflight" : "actual";
            response.url = request.url;
        });
    });
    return copy;
}

/* ---- Writing ------------------------------------------------------------------------------ */

const hex = (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;

/* Bytes that are not plain text, backslashes, and space at the ends. */
export function escapeCase(bytes) {
    const plain = (text) => text.replace(/\\/g, "\\\\").replace(/[\x00-\x1f\x7f]/g, hex);
    const ends = (text) => text.replace(/^ +| +$/g, (spaces) => spaces.replace(/ /g, hex));
    return ends(plain(bytes).replace(/[\x80-\xff]+/g, (run) => {
        const text = Buffer.from(run, "latin1").toString("utf8");
        return /^[\u00a1-\u02ff\u0370-\u1fff\u2010-\u2027\u3000-\ud7ff]+$/.test(text) &&
            !text.includes("\ufffd") ? run : run.replace(/[\x80-\xff]/g, hex);
    }));
}

const utf8 = (text) => Buffer.from(text, "utf8").toString("latin1");

const escapeName = (name) =>
    escapeCase(name).replace(/[: ]/g, hex).replace(/^!/, hex);

const headerLine = ([name, value]) =>
    `${escapeName(name)}:${value === "" ? "" : ` ${escapeCase(value)}`}`;

const FETCH_KEYS = [
    ["url", "url"], ["origin", "origin"], ["page", "page"],
    ["client-referrer-policy", "clientReferrerPolicy"], ["embedder-policy", "embedderPolicy"],
    ["api", "api", "fetch"], ["method", "method", "GET"], ["mode", "mode", "cors"],
    ["credentials", "credentials", "same-origin"], ["redirect", "redirect", "follow"],
    ["cache", "cache", "default"], ["referrer", "referrer", "about:client"],
    ["referrer-policy", "referrerPolicy", ""], ["keepalive", "keepalive", false],
    ["use-cors-preflight", "useCORSPreflight", false], ["body-type", "bodyType"], ["body", "body"],
];

function aligned(pairs) {
    const width = Math.max(...pairs.map(([key]) => key.length)) + 2;
    return pairs.map(([key, value]) => (value === "" ? key : key.padEnd(width) + value));
}

/* What a call gives that is not the default. A no-cors default of mode is `cors` only here. */
function fetchLines(situation, step) {
    const pairs = [];
    for (const [key, name, usual] of FETCH_KEYS) {
        if (key === "body-type")
            for (const one of step.headers ?? []) pairs.push(["header", headerLine(one)]);
        const value = step[name] ?? situation[name];
        if (value === undefined || value === usual) continue;
        pairs.push([key, value === true ? "yes" : escapeCase(utf8(value))]);
    }
    return aligned(pairs);
}

function responseLines(response) {
    if (response.error) return ["", "-- network error --"];
    const reason = response.statusText ? ` ${escapeCase(response.statusText)}` : "";
    const lines = ["", "-- response --", `${response.status}${reason}`];
    for (const one of response.headers ?? []) lines.push(headerLine(one));
    const body = response.body ?? "";
    if (body !== "")
        lines.push("", ...body.split("\n").map((line) =>
            escapeCase(line).replace(/^-- /, "\\x2d- ")));
    return lines;
}

function expectLines({ result, step, error }) {
    const pairs = [["result", result.replace("network-error", "network error")], ["step", step]];
    if (error) pairs.push(["error", error]);
    return ["", "-- expect --", ...aligned(pairs)];
}

/* The case of a situation: `answered` is a prediction with the engine `spec`, whose requests say
 * which responses were asked for; `given` the responses, in that order, for each fetch. */
export function writeCase({ title, prose, situation, answered, given }) {
    const lines = [title, "", ...prose];
    let fetches = 0;
    for (const step of situation.steps) {
        if (step.op === "wait") {
            lines.push("", `-- wait ${step.seconds} --`);
            continue;
        }
        lines.push("", "-- fetch --", ...fetchLines(situation, step));
        for (const response of given[fetches]) lines.push(...responseLines(response));
        lines.push(...expectLines(answered[fetches]));
        fetches++;
    }
    return Buffer.from(`${lines.join("\n")}\n`, "latin1");
}
