/* Draws situations from a seed over what the core models
 * (https://fetch.spec.whatwg.org/#http-cors-protocol and what leads there). A uniform draw would
 * fail at the first check nearly always, so the server is drawn mostly right for what is fetched,
 * and then spoilt in zero to three places. Invariants: situation `index` of a seed depends on
 * nothing but the two numbers; every host name holds the situation's id; whatever request an engine
 * makes, a response is there for it. */

/* ---- Chance ------------------------------------------------------------------------------- */

/* A 32-bit generator (a counter through a mixing function), one stream for each situation. */
export class Random {
    constructor(seed, stream) {
        this.state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca77)) >>> 0;
        for (let i = 0; i < 4; i++) this.next();
    }

    next() {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let x = this.state;
        x = Math.imul(x ^ (x >>> 15), x | 1);
        x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
        return (x ^ (x >>> 14)) >>> 0;
    }

    below(n) {
        return Math.floor((this.next() / 4294967296) * n);
    }

    chance(percent) {
        return this.below(10000) < percent * 100;
    }

    pick(list) {
        return list[this.below(list.length)];
    }

    /* From pairs of weight and value. */
    weighted(pairs) {
        let at = this.below(pairs.reduce((sum, [weight]) => sum + weight, 0));
        for (const [weight, value] of pairs) {
            if (at < weight) return value;
            at -= weight;
        }
        throw new Error("no weights");
    }

    shuffled(list) {
        const copy = [...list];
        for (let i = copy.length - 1; i > 0; i--) {
            const j = this.below(i + 1);
            [copy[i], copy[j]] = [copy[j], copy[i]];
        }
        return copy;
    }
}

/* ---- Places ------------------------------------------------------------------------------- */

/* Same site: app.ID.example and api.ID.example; another site: api.other-ID.example. */
function placesOf(id, page) {
    const secure = page.startsWith("https:");
    const scheme = secure ? "https" : "http";
    const host = new URL(page).hostname;
    return {
        page,
        sameSite: `${scheme}://api.${id}.example`,
        otherSite: `${scheme}://api.other-${id}.example`,
        thirdSite: `${scheme}://cdn.third-${id}.example`,
        otherPort: `${scheme}://${host}:${secure ? 8444 : 8081}`,
        otherScheme: `${secure ? "http" : "https"}://${host}`,
        otherSchemeAndSite: `${secure ? "http" : "https"}://api.other-${id}.example`,
        otherSitePort: `${scheme}://api.other-${id}.example:${secure ? 8443 : 8080}`,
    };
}

function drawPage(random, id) {
    return random.weighted([
        [76, `https://app.${id}.example`],
        [6, `https://app.${id}.example:8443`],
        [14, `http://app.${id}.example`],
        [4, `http://app.${id}.example:8080`],
    ]);
}

function drawTarget(random, places, secure) {
    return random.weighted([
        [46, places.otherSite],
        [22, places.sameSite],
        [9, places.page],
        [8, places.otherPort],
        [8, places.otherSitePort],
        [secure ? 2 : 4, places.otherScheme],
        [secure ? 2 : 4, places.otherSchemeAndSite],
    ]);
}

/* ---- What script gives -------------------------------------------------------------------- */

const METHODS = [
    [34, "GET"],
    [14, "POST"],
    [12, "PUT"],
    [6, "DELETE"],
    [6, "PATCH"],
    [4, "HEAD"],
    [2, "OPTIONS"],
    [1, "get"],
    [1, "gEt"],
    [1, "post"],
    [1, "head"],
    [1, "Put"],
    [1, "delete"],
    [1, "options"],
    [2, "patch"],
    [1, "Patch"],
    [1, "REPORT"],
    [1, "query"],
    [1, "QUERY"],
    [1, "chicken"],
    [1, "X-CUSTOM"],
    [1, "M!#$%&'*+.^_`|~0"],
    [1, "*"],
];

/* No script gets these through. */
const REFUSED_METHODS = ["CONNECT", "TRACE", "trace", "Track", "GE T", "", "G\u00c9T", "PUT,"];

const letters = (length) => "abcdefghij".repeat(Math.ceil(length / 10)).slice(0, length);

const UNSAFE_BYTES = '"():<>?@[\\]{}\x7f';

const VALUES = {
    "accept": (random) =>
        random.weighted([
            [6, "*/*"],
            [6, "application/json"],
            [2, "text/html, application/xhtml+xml;q=0.9"],
            [2, `text/${letters(122)}`],
            [2, `text/${letters(123)}`],
            [2, `text/${letters(124)}`],
            [3, `a${random.pick([...UNSAFE_BYTES])}b`],
            [1, "a\tb"],
            [1, "a\u00e9b"],
            [1, "\u0080"],
            [1, ""],
        ]),
    "accept-language": (random) =>
        random.weighted([
            [6, "en"],
            [3, "en-US,en;q=0.9"],
            [2, "de, *"],
            [2, "en_US"],
            [1, "en!"],
            [1, "d\u00e9"],
            [1, letters(128)],
            [1, letters(129)],
            [1, ""],
        ]),
    "content-language": (random) =>
        random.weighted([
            [6, "en"],
            [2, "en, de"],
            [2, "en/de"],
            [1, "a:b"],
            [1, letters(127)],
            [1, letters(128)],
            [1, letters(129)],
        ]),
    "content-type": (random) =>
        random.weighted([
            [8, "application/json"],
            [4, "text/plain"],
            [3, "text/plain;charset=UTF-8"],
            [3, "application/x-www-form-urlencoded"],
            [2, "multipart/form-data; boundary=x"],
            [1, "TEXT/PLAIN"],
            [1, "Text/Plain; Charset=utf-8"],
            [1, 'text/plain; charset="utf-8"'],
            [1, "text/plain; charset"],
            [1, "text/plain;"],
            [1, "text/plain,"],
            [1, "text/plain, application/json"],
            [1, "text"],
            [1, "text/plain/x"],
            [1, "text/plain; a=\u00e9"],
            [1, ""],
            [1, `text/plain; a=${letters(113)}`],
            [1, `text/plain; a=${letters(114)}`],
            [1, `text/plain; a=${letters(115)}`],
        ]),
    "range": (random) =>
        random.weighted([
            [5, "bytes=0-"],
            [4, "bytes=0-255"],
            [2, "bytes=-5"],
            [2, "bytes=5-1"],
            [2, "BYTES=0-"],
            [1, "bytes=0-1,4-5"],
            [1, "bytes =0-"],
            [1, "bytes= 0-"],
            [1, "bytes=0 -1"],
            [1, "bytes=0-1 "],
            [1, "bytes=00-00"],
            [1, "bytes=5-5"],
            [1, "bytes="],
            [1, "bytes"],
            [1, "items=0-1"],
            [1, "bytes=18446744073709551616-"],
            [1, "bytes=0-18446744073709551616"],
            [1, `bytes=${"0".repeat(121)}-`],
            [1, `bytes=${"0".repeat(122)}-`],
        ]),
};

const CUSTOM_NAMES = [
    "X-A",
    "x-b",
    "X-Custom",
    "X-Requested-With",
    "X_Under",
    "Foo",
    "a",
    "0",
    "X-CSRF-Token",
    "!#$%&'*+-.^_`|~z",
    "x-a-b",
    "z-last",
    "Accept-X",
    "Contents",
    "Range-Unit",
    "content_type",
    "Last-Event-ID",
    "traceparent",
];

/* Names that some list of some engine knows. */
const KNOWN_NAMES = [
    ["Cache-Control", "no-cache"],
    ["Pragma", "no-cache"],
    ["If-None-Match", '"x"'],
    ["If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"],
    ["If-Match", '"x"'],
    ["If-Range", '"x"'],
    ["If-Unmodified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"],
    ["Save-Data", "on"],
    ["Save-Data", "off"],
    ["DPR", "2.0"],
    ["DPR", "x"],
    ["Width", "100"],
    ["Width", "1.5"],
    ["Viewport-Width", "100"],
    ["Device-Memory", "0.5"],
    ["RTT", "50"],
    ["Downlink", "1.5"],
    ["ECT", "4g"],
    ["ECT", "5g"],
    ["Intervention", "x"],
    ["Idempotency-Key", '"x"'],
    ["Upgrade-Insecure-Requests", "1"],
    ["Priority", "u=1"],
    ["Purpose", "prefetch"],
    ["User-Agent", "corsim"],
    ["Content-Encoding", "identity"],
    ["Content-Location", "/x"],
    ["Content-Disposition", "inline"],
    ["Origin-Agent-Cluster", "?1"],
    ["Forwarded", "for=x"],
    ["X-Forwarded-For", "192.0.2.1"],
    ["Early-Data", "1"],
    ["Link", "<x>"],
    ["From", "a@b.example"],
    ["Max-Forwards", "1"],
    ["Accept-Datetime", "x"],
    ["Want-Digest", "x"],
    ["Service-Worker", "script"],
    ["Ping-To", "x"],
    ["X-Moz", "prefetch"],
    ["Warning", "199 - x"],
    ["Set-Cookie2", "a=b"],
    ["Cookie", "a=b"],
    ["Cookie2", "a=b"],
];

const FORBIDDEN_NAMES = [
    ["Accept-Charset", "utf-8"],
    ["accept-encoding", "gzip"],
    ["Access-Control-Request-Headers", "x-evil"],
    ["Access-Control-Request-Method", "PUT"],
    ["Access-Control-Request-Private-Network", "true"],
    ["Connection", "close"],
    ["Content-Length", "3"],
    ["Cookie", "a=b"],
    ["Date", "x"],
    ["DNT", "1"],
    ["Expect", "100-continue"],
    ["Host", "evil.example"],
    ["Keep-Alive", "1"],
    ["Origin", "https://evil.example"],
    ["Referer", "https://evil.example/"],
    ["Set-Cookie", "a=b"],
    ["TE", "trailers"],
    ["Trailer", "x"],
    ["Transfer-Encoding", "chunked"],
    ["Upgrade", "h2c"],
    ["Via", "x"],
    ["Sec-Fetch-Site", "same-origin"],
    ["sec-x", "1"],
    ["Sec-", "1"],
    ["Proxy-Authorization", "x"],
    ["proxy-x", "1"],
    ["Proxy", "1"],
    ["Sec", "1"],
];

function drawHeader(random, hard) {
    const kind = random.weighted([
        [34, "custom"],
        [34, "safelisted"],
        [10, "authorization"],
        [8, "known"],
        [5, "forbidden"],
        [4, "override"],
        [2, "long"],
        [hard ? 2 : 0, "refused"],
    ]);
    switch (kind) {
        case "custom":
            return [random.pick(CUSTOM_NAMES), drawCustomValue(random)];
        case "safelisted":
            return drawSafelisted(random);
        case "authorization":
            return [random.pick(["Authorization", "authorization", "AUTHORIZATION"]), "Bearer x"];
        case "known":
            return [...random.pick(KNOWN_NAMES)];
        case "forbidden":
            return [...random.pick(FORBIDDEN_NAMES)];
        case "override":
            return [
                random.pick(["X-HTTP-Method", "X-HTTP-Method-Override", "x-method-override"]),
                random.pick(["PUT", "TRACE", "GET, connect", "track", '"TRACE"', "GET,"]),
            ];
        case "long":
            return [`X-${letters(random.pick([40, 120, 126, 127, 300]))}`, "1"];
        default:
            return [...random.pick([["X A", "1"], ["", "1"], ["X-\u00e9", "1"], ["X-A", "a\nb"],
                                    ["X-A", "a\0b"], ["X-A:", "1"]])];
    }
}

function drawCustomValue(random) {
    return random.weighted([
        [20, "1"],
        [2, ""],
        [2, " padded\t"],
        [2, "a, b"],
        [1, "caf\u00e9"],
        [1, letters(129)],
        [1, "\x7f"],
    ]);
}

function drawSafelisted(random) {
    const name = random.weighted([
        [10, "Accept"],
        [4, "Accept-Language"],
        [4, "Content-Language"],
        [14, "Content-Type"],
        [5, "Range"],
    ]);
    const value = VALUES[name.toLowerCase()](random);
    return [random.weighted([[4, name], [1, name.toLowerCase()], [1, name.toUpperCase()]]), value];
}

/* Safelisted values that come to about 1024 bytes together; each is within its own limit. */
function drawManyValues(random) {
    const total = random.pick([1022, 1023, 1024, 1025, 1026]);
    const lengths = Array(7).fill(128).concat([total - 7 * 128 - 64, 64]);
    const names = ["Accept", "Accept-Language", "Content-Language"];
    return lengths
        .flatMap((length) => (length > 128 ? [128, length - 128] : [length]))
        .map((length, i) => [names[i % 3], letters(length)]);
}

function drawHeaders(random) {
    if (random.chance(0.7)) return drawManyValues(random);
    const count = random.weighted([[36, 0], [32, 1], [18, 2], [9, 3], [4, 4], [1, 12]]);
    const headers = [];
    for (let i = 0; i < count; i++) headers.push(drawHeader(random, count === 1));
    if (count > 0 && random.chance(4)) {
        const [name, value] = random.pick(headers);
        headers.push([name, random.pick([value, "2"])]);
    }
    return headers;
}

const BODY_TYPES = [
    [60, undefined], /* a string's own */
    [8, "application/x-www-form-urlencoded;charset=utf-8"],
    [8, "text/plain"],
    [8, "application/json"],
    [4, "text/html"],
    [4, "multipart/form-data; boundary=x"],
    [4, "image/png"],
    [10, ""],
];

const POLICIES = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

function drawScript(random, places) {
    const step = { op: "fetch", method: random.weighted(METHODS), headers: drawHeaders(random) };
    if (random.chance(24)) step.api = "xhr";
    if (random.chance(1.5)) step.method = random.pick(REFUSED_METHODS);
    const bodyless = /^(get|head)$/i.test(step.method);
    if (random.chance(bodyless ? 2 : 45)) {
        step.body = random.pick(["x", "a=b", '{"a":1}', ""]);
        const type = random.weighted(BODY_TYPES);
        if (type !== undefined) step.bodyType = type;
    }
    if (step.api === "xhr") {
        if (random.chance(38)) step.credentials = "include";
        if (random.chance(18)) step.useCORSPreflight = true;
        return step;
    }
    step.mode = random.weighted([[80, "cors"], [12, "no-cors"], [8, "same-origin"]]);
    /* Most of what a no-cors fetch may not say is refused at once: be kinder. */
    if (step.mode === "no-cors" && random.chance(75)) {
        step.method = random.pick(["GET", "POST", "HEAD", "post"]);
        if (/^(GET|HEAD)$/.test(step.method)) delete step.body, delete step.bodyType;
    }
    step.credentials = random.weighted([[40, "same-origin"], [38, "include"], [22, "omit"]]);
    step.redirect = random.weighted([[86, "follow"], [7, "error"], [7, "manual"]]);
    if (random.chance(8))
        step.cache = random.pick(["no-store", "reload", "no-cache", "force-cache",
                                  "only-if-cached"]);
    if (random.chance(8)) step.referrerPolicy = random.pick(POLICIES);
    if (random.chance(4))
        step.referrer = random.pick(["", `${places.page}/a/b?c=d`, `${places.otherSite}/x`,
                                     "about:client", "/relative"]);
    if (random.chance(1.5)) step.keepalive = true;
    return step;
}

/* ---- Where it leads ----------------------------------------------------------------------- */

/* Locations that lead nowhere, or to what is not HTTP. */
const BAD_LOCATIONS = ["http://", "https://[", "http://x:port/", "data:text/plain,x", "about:blank",
                       "ftp://files.example/", "mailto:a@b.example", "blob:null/x",
                       "javascript:1", "//", "https://a b.example/"];

function drawLocation(random, places, current, path) {
    const origin = new URL(current).origin;
    const secure = origin.startsWith("https:");
    const absolute = (place) => `${place}${path}`;
    return random.weighted([
        [18, absolute(origin)],
        [14, absolute(places.page)],
        [16, absolute(places.otherSite)],
        [10, absolute(places.sameSite)],
        [10, absolute(places.thirdSite)],
        [12, path],
        [2, path.slice(1)],
        [2, absolute(origin).replace(/^https?:/, "")],
        [4, absolute(random.pick([places.otherSite, places.page, places.sameSite]))
                .replace("://", random.pick(["://user:pass@", "://user@", "://:@", "://@"]))],
        [secure ? 2 : 4, absolute(places.otherSchemeAndSite)],
        [2, `${absolute(places.otherSite)}#fragment`],
        [1, `${absolute(places.otherSite)}?a b`],
        [1, `${absolute(origin)}?\u00e9`],
        [3, random.pick(BAD_LOCATIONS)],
        [1, ""],
    ]);
}

/* The hops of a fetch: each has its URL and, but the last, status and Location. */
function drawChain(random, places, url, prefix) {
    const hops = [{ url }];
    const count = random.weighted([[68, 0], [18, 1], [8, 2], [4, 3], [1, 4]]);
    let current = url;
    for (let i = 0; i < count; i++) {
        const location = drawLocation(random, places, current, `/${prefix}h${i + 1}`);
        Object.assign(hops[hops.length - 1], {
            status: random.weighted([[6, 302], [4, 301], [4, 303], [6, 307], [4, 308]]),
            location,
        });
        current = resolve(location, current);
        if (current === null) break;
        hops.push({ url: current });
    }
    return hops;
}

/* 19 to 22 redirects, or one that never ends. */
function drawLongChain(random, places, url, prefix) {
    const count = random.pick([1, 19, 20, 21, 22]);
    if (count === 1) return [{ url, status: 302, location: url }];
    const hops = [{ url }];
    for (let i = 0; i < count; i++) {
        const location = `/${prefix}h${i + 1}`;
        Object.assign(hops[i], { status: 302, location });
        hops.push({ url: new URL(location, hops[i].url).href });
    }
    return hops;
}

function resolve(location, base) {
    try {
        const url = new URL(location, base);
        return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
        return null;
    }
}

/* What Origin will say at each hop: https://fetch.spec.whatwg.org/#concept-request-tainted-origin */
function originsOf(hops, origin) {
    let tainted = false;
    return hops.map(({ url }, i) => {
        const here = new URL(url).origin;
        const before = i === 0 ? null : new URL(hops[i - 1].url).origin;
        if (before !== null && before !== here && before !== origin) tainted = true;
        return tainted ? "null" : origin;
    });
}

/* ---- The server, mostly right ------------------------------------------------------------- */

const MAX_AGES = ["0", "5", "60", "600", "601", "7200", "7201", "86400", "86401", "-1", "", "abc",
                  "60s", "5.5", '"600"', "+600", " 600 ", "99999999999999999999", "600, 600",
                  "0x10", "6 0", "00060", "4294967296", "2147483648", "-0", "9223372036854775807",
                  "9223372036854775808", "\u00a060", "600;x"];

function listed(random, items) {
    return random.shuffled(items).join(random.weighted([[6, ", "], [3, ","], [1, " , "],
                                                        [1, ",\t"], [1, ", ,"]]));
}

function allowOrigin(random, step, origin) {
    const wildcard = step.credentials !== "include" && random.chance(30);
    const headers = [["Access-Control-Allow-Origin", wildcard ? "*" : origin]];
    if (step.credentials === "include" || random.chance(8))
        headers.push(["Access-Control-Allow-Credentials", "true"]);
    return headers;
}

function allowMethods(random, step) {
    const wildcard = step.credentials !== "include" && random.chance(18);
    const safelisted = /^(GET|HEAD|POST)$/i.test(step.method);
    if (safelisted && random.chance(40)) return [];
    if (wildcard) return [["Access-Control-Allow-Methods", random.pick(["*", "*, GET"])]];
    const method = /^(delete|get|head|options|post|put)$/i.test(step.method)
        ? step.method.toUpperCase()
        : step.method;
    const methods = random.pick([[method], [method], [method, "GET"], [method, "PUT", "PATCH"],
                                 [method, "GET", "HEAD", "POST", "DELETE"]]);
    return spread(random, "Access-Control-Allow-Methods", methods);
}

function allowHeaders(random, step) {
    let names = step.headers.map(([name]) => name.toLowerCase());
    if (step.body !== undefined && !names.includes("content-type")) names.push("content-type");
    names = [...new Set(names)].filter((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name));
    if (step.credentials !== "include" && random.chance(20))
        return [["Access-Control-Allow-Headers",
                 names.includes("authorization") && random.chance(50) ? "*, Authorization" : "*"]];
    if (names.length === 0) return random.chance(70) ? [] : [["Access-Control-Allow-Headers", "x-a"]];
    const extra = random.chance(30) ? ["x-other"] : [];
    const cased = [...names, ...extra].map((name) =>
        random.weighted([[4, name], [1, name.toUpperCase()],
                         [1, name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())]]));
    return spread(random, "Access-Control-Allow-Headers", cased);
}

/* A list in one line, or now and then in several. */
function spread(random, name, items) {
    if (items.length > 1 && random.chance(8)) {
        const at = 1 + random.below(items.length - 1);
        return [[name, listed(random, items.slice(0, at))], [name, listed(random, items.slice(at))]];
    }
    return [[name, listed(random, items)]];
}

function preflightResponse(random, step, origin, caching) {
    const headers = [...allowOrigin(random, step, origin), ...allowMethods(random, step),
                     ...allowHeaders(random, step)];
    if (random.chance(caching ? 85 : 25))
        headers.push(["Access-Control-Max-Age",
                      random.chance(caching ? 70 : 20) ? "600" : random.pick(MAX_AGES)]);
    return {
        for: "preflight",
        status: random.weighted([[6, 204], [4, 200], [1, 202]]),
        headers,
    };
}

const STATUSES = [[20, 200], [1, 201], [1, 202], [1, 203], [2, 204], [1, 205], [1, 206], [1, 299],
                  [1, 300], [1, 304], [1, 305], [1, 400], [1, 401], [1, 403], [2, 404], [1, 405],
                  [1, 410], [1, 418], [1, 429], [1, 500], [1, 503], [1, 599]];

const REASONS = { 200: "OK", 204: "No Content", 404: "Not Found", 500: "Internal Server Error" };

const RESPONSE_HEADERS = [
    ["X-A", "1"],
    ["X-B", "2"],
    ["ETag", '"x"'],
    ["Content-Language", "en"],
    ["Expires", "0"],
    ["Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"],
    ["Pragma", "no-cache"],
    ["Accept", "x"],
    ["Vary", "Origin"],
    ["Server", "lab"],
    ["Link", "<x>; rel=y"],
    ["Set-Cookie", "a=b"],
    ["Set-Cookie2", "a=b"],
    ["X-Empty", ""],
    ["x-a", "again"],
    ["X-High", "caf\u00e9"],
    ["Location", "/unused"],
    ["Retry-After", "1"],
    ["Content-Disposition", "inline"],
    ["X-Content-Type-Options", "nosniff"],
    ["WWW-Authenticate-X", "x"],
    ["Timing-Allow-Origin", "*"],
    ["Content-Location", "/x"],
    ["Accept-Ranges", "bytes"],
];

const EXPOSED = [[10, "X-A"], [8, "X-A, X-B"], [8, "*"], [3, "x-a,x-b"], [3, "X-A, ,X-B"],
                 [3, "*, X-A"], [3, "*, in valid"], [3, "in valid, *"], [3, "X-A, in valid"],
                 [2, ""], [2, "ETag, Set-Cookie"], [2, "set-cookie, set-cookie2, x-b"],
                 [2, '"X-A"'], [2, "X-A;q=1"], [2, ",X-A,"], [1, "**"], [1, "X-\u00e9, X-A"],
                 [1, "X-A,\tX-B"], [1, "x-a, X-A"], [1, "X-A X-B"], [1, "\u000bX-A"],
                 [1, "Location, Server, Vary"], [1, "X-A\u000b"], [1, "X-A,\u000cX-B"]];

const POLICY_VALUES = ["same-origin", "same-site", "cross-origin", "SAME-ORIGIN", "same-site, x",
                       "none", "", "cross-origin, same-origin"];

function finalResponse(random, step, origin) {
    const status = random.weighted(STATUSES);
    const response = {
        for: "actual",
        status,
        statusText: random.weighted([[10, REASONS[status] ?? ""], [1, "Odd Reason"], [1, ""]]),
        headers: [...allowOrigin(random, step, origin), ["Content-Type", "text/plain"],
                  ["Cache-Control", "no-store"]],
        body: random.pick(["", "hello", "caf\u00c3\u00a9"]),
    };
    const count = random.below(4);
    for (let i = 0; i < count; i++) response.headers.push([...random.pick(RESPONSE_HEADERS)]);
    if (random.chance(40))
        response.headers.push(["Access-Control-Expose-Headers", random.weighted(EXPOSED)]);
    if (random.chance(4))
        response.headers.push(["Access-Control-Expose-Headers", random.weighted(EXPOSED)]);
    if (random.chance(step.mode === "no-cors" ? 40 : 4))
        response.headers.push(["Cross-Origin-Resource-Policy", random.pick(POLICY_VALUES)]);
    if (random.chance(25) && response.body.length > 0 && status === 200)
        response.headers.push(["Content-Length", String(response.body.length)]);
    if ([204, 205, 304].includes(status)) response.body = "";
    return response;
}

function redirectResponse(random, step, hop, origin) {
    const response = {
        for: "actual",
        status: hop.status,
        statusText: "",
        headers: [...allowOrigin(random, step, origin), ["Cache-Control", "no-store"],
                  ["Location", hop.location]],
        body: "",
    };
    if (random.chance(4)) response.headers.push(["Referrer-Policy", random.pick(POLICIES)]);
    return response;
}

/* A response for each request that may come, by URL and kind. */
function responsesOf(random, step, hops, origin, caching) {
    const origins = originsOf(hops, origin);
    return hops.flatMap((hop, i) => {
        const url = hop.url.replace(/#.*/, "");
        const actual = hop.location === undefined
            ? finalResponse(random, step, origins[i])
            : redirectResponse(random, step, hop, origins[i]);
        return [
            { ...preflightResponse(random, step, origins[i], caching), url },
            { ...actual, url },
        ];
    });
}

/* ---- Spoiling it -------------------------------------------------------------------------- */

function setHeader(response, name, ...values) {
    const lower = name.toLowerCase();
    const at = response.headers.findIndex(([other]) => other.toLowerCase() === lower);
    response.headers = response.headers.filter(([other]) => other.toLowerCase() !== lower);
    const lines = values.map((value) => [name, value]);
    response.headers.splice(at < 0 ? response.headers.length : at, 0, ...lines);
}

function valueOf(response, name) {
    const header = response.headers.find(([other]) => other.toLowerCase() === name.toLowerCase());
    return header === undefined ? undefined : header[1];
}

function spoilOrigin(random, response, { origin }) {
    const name = "Access-Control-Allow-Origin";
    const url = origin === "null" ? new URL("https://app.example") : new URL(origin);
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const kind = random.weighted([
        [6, []],
        [5, ["*"]],
        [3, ["null"]],
        [2, ["https://other.example"]],
        [2, [`${origin}/`]],
        [2, [`${url.protocol}//${url.hostname}:${port}`]],
        [1, [origin.toUpperCase()]],
        [1, [origin.replace(/^https?/, (scheme) => scheme.toUpperCase())]],
        [2, [origin, origin]],
        [2, ["*", origin]],
        [1, ["*", "*"]],
        [1, [origin, ""]],
        [1, ["", origin]],
        [2, [`${origin}, https://other.example`]],
        [1, [`${origin},`]],
        [1, [`${origin} https://other.example`]],
        [2, [""]],
        [1, [" "]],
        [2, [`  ${origin}\t `]],
        [1, [`\t*`]],
        [1, [`\u000b${origin}`]],
        [1, [`${origin}\u000c`]],
        [1, [`${origin}\u00a0`]],
        [1, [`"${origin}"`]],
        [1, [`${origin}/path`]],
        [1, [url.host]],
        [1, [origin.replace("://", "://user@")]],
        [1, [origin.startsWith("https:") ? origin.replace("https:", "http:")
                                         : origin.replace("http:", "https:")]],
        [1, [`${origin}:9999`]],
        [1, [origin.replace("://", "://sub.")]],
        [1, ["**"]],
        [1, ["NULL"]],
        [1, [`${origin}.`]],
        [1, [`${origin}#x`]],
        [1, [`${origin}?`]],
        [1, ["\u00e9"]],
        [1, ["https://*.example"]],
    ]);
    setHeader(response, name, ...kind);
}

function spoilCredentials(random, response) {
    setHeader(response, "Access-Control-Allow-Credentials",
              ...random.pick([[], [], ["TRUE"], ["True"], ["true, true"], ["true", "true"],
                              ["false"], ["1"], [""], ['"true"'], [" true\t"], ["true;"],
                              ["\u000btrue"], ["true", "false"], ["true", ""], ["yes"]]));
}

/* `*`, wrong ones, and odd ways to write the right ones. */
function spoilList(random, name, wrong) {
    return (response) => {
        const right = valueOf(response, name) ?? "";
        setHeader(response, name, ...random.pick([
            [], [], [""], ["*"], ["*"], [wrong], [wrong], [`*, ${wrong}`], [right, wrong],
            [wrong, right], [`${right},`], [`,${right}`], [` ,, ${right}`], [right.toLowerCase()],
            [right.toUpperCase()], [`"${right}"`], [`${right};q=1`], [`${right} ${wrong}`],
            [right.replaceAll(",", " ")], [right.replaceAll(",", ";")], [`${right}, a b`],
            [`${right}, (x)`], [`${right}, \u00e9`], [`\u000b${right}`], [`${right}\u000c`],
            [`\t${right}\t`], [right, ""], ["", right], [`${right}, "x"`], [`${right}\u00a0`],
            ["**"], ["*", right], [right.slice(0, -1)], [`${right}x`], [`${right}, *`],
            [`"a, b", ${right}`], [`${right}, "a`],
        ]));
    };
}

function spoilStatus(random, response, { origin }) {
    if (response.for === "preflight") {
        response.status = random.weighted([[2, 301], [2, 302], [1, 303], [2, 307], [1, 308], [1, 300],
                                           [1, 304], [2, 400], [2, 401], [2, 403], [3, 404],
                                           [3, 405], [2, 500], [1, 503], [1, 299], [1, 206]]);
        if (response.status >= 301 && response.status <= 308 && random.chance(80))
            setHeader(response, "Location", random.pick([response.url, "/elsewhere",
                                                         `${origin}/elsewhere`]));
        return;
    }
    const redirect = valueOf(response, "Location") !== undefined;
    response.status = redirect ? random.pick([200, 300, 304, 305, 306, 404, 303])
                               : random.pick([302, 301, 404, 500, 206, 304, 299]);
}

function spoilLocation(random, response, { others }) {
    setHeader(response, "Location",
              ...random.pick([[], ["/a", "/b"], ["/a", "/a"], ...BAD_LOCATIONS.map((url) => [url]),
                              [others.otherSite.replace("://", "://user:pass@")],
                              [` ${others.otherSite}/x `], [`${others.otherSite}/x, /y`]]));
}

function spoilError(random, response) {
    const { for: kind, url } = response;
    for (const key of Object.keys(response)) delete response[key];
    Object.assign(response, { for: kind, url, error: true });
}

/* Names of headers in another case; nothing may depend on it. */
function spoilNames(random, response) {
    response.headers = response.headers.map(([name, value]) => [
        random.pick([name.toLowerCase(), name.toUpperCase(), name]),
        value,
    ]);
}

function spoilResponse(random, response, context) {
    if (response.error) return;
    const preflight = response.for === "preflight";
    const redirect = !preflight && valueOf(response, "Location") !== undefined;
    random.weighted([
        [10, spoilOrigin],
        [context.step.credentials === "include" ? 7 : 2, spoilCredentials],
        [preflight ? 15 : 0, (_, r) => spoilList(random, "Access-Control-Allow-Methods",
                                                random.pick(["GET", "PUT", "x"]))(r)],
        [preflight ? 15 : 0, (_, r) => spoilList(random, "Access-Control-Allow-Headers",
                                                random.pick(["x-no", "content-type", "x-a"]))(r)],
        [preflight ? 4 : 2, spoilStatus],
        [preflight ? 3 : 0, (_, r) => setHeader(r, "Access-Control-Max-Age",
                                                ...random.pick([[random.pick(MAX_AGES)],
                                                                ["600", "600"], ["600", ""]]))],
        [redirect ? 4 : 0, spoilLocation],
        [1, spoilError],
        [3, spoilNames],
        [preflight ? 0 : 2, (_, r) => spoilList(random, "Access-Control-Expose-Headers", "X-A")(r)],
    ])(random, response, context);
}

function spoil(random, step, context) {
    const count = random.weighted([[50, 0], [33, 1], [12, 2], [5, 3]]);
    for (let i = 0; i < count; i++) {
        const response = random.weighted(step.responses.map((one) => [
            one.for === "preflight" ? 3 : 2,
            one,
        ]));
        spoilResponse(random, response, { ...context, step });
    }
}

/* ---- Several fetches ---------------------------------------------------------------------- */

/* The next fetch of a sequence: the same again, or one thing about it is different. */
function varied(random, before) {
    const step = structuredClone(before);
    delete step.responses;
    const fetches = step.api !== "xhr";
    const count = random.weighted([[4, 0], [5, 1], [1, 2]]);
    for (let i = 0; i < count; i++) {
        random.weighted([
            [3, () => (step.method = random.pick(["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE"]))],
            [3, () => step.headers.push([random.pick(CUSTOM_NAMES), "1"])],
            [2, () => step.headers.pop()],
            [1, () => (step.headers = step.headers.map(([n, v]) => [n.toUpperCase(), v]))],
            [1, () => step.headers.push(["Authorization", "Bearer x"])],
            [1, () => step.headers.push(["Content-Type", "application/json"])],
            [3, () => (step.credentials = random.pick(fetches ? ["include", "omit", "same-origin"]
                                                              : ["include", "same-origin"]))],
            [1, () => (step.url = `${step.url.replace(/#.*/, "")}#part`)],
            [2, () => (step.url = step.url.replace(/(#.*)?$/, "?x=1"))],
            [fetches ? 1 : 0, () => (step.cache = random.pick(["no-store", "reload", "no-cache",
                                                               "force-cache"]))],
            [fetches ? 1 : 0, () => (step.mode = random.pick(["cors", "no-cors"]))],
            [fetches ? 0 : 1, () => (step.useCORSPreflight = !step.useCORSPreflight)],
        ])();
    }
    if (/^(get|head)$/i.test(step.method)) delete step.body, delete step.bodyType;
    return step;
}

function drawWait(random) {
    return { op: "wait", seconds: random.pick([1, 2, 7]) };
}

/* ---- A situation -------------------------------------------------------------------------- */

function drawClient(random, situation) {
    if (random.chance(3)) {
        situation.page = `${situation.origin}/sandboxed`;
        situation.origin = "null";
        situation.pageHeaders = [["Content-Security-Policy", "sandbox allow-scripts"]];
    } else if (random.chance(4)) {
        situation.page = `${situation.origin}/dir/page.html?q=1`;
    }
    if (random.chance(4)) {
        situation.clientReferrerPolicy = random.pick(POLICIES);
        situation.pageHeaders = [...(situation.pageHeaders ?? []),
                                 ["Referrer-Policy", situation.clientReferrerPolicy]];
    }
}

function drawURL(random, target, prefix) {
    const url = `${target}/${prefix}`;
    return random.weighted([
        [40, url],
        [2, `${url}?a=b`],
        [1, `${url}#fragment`],
        [1, `${url}?a=b&c#d`],
        [1, url.replace("://", "://user:pass@")],
        [1, `${url}/../${prefix}`],
        [1, `${url}?${"x".repeat(random.pick([900, 1100]))}`],
    ]);
}

/* The first fetch of a sequence is one that needs a preflight, or the rest would show nothing. */
function drawFirst(random, places, sequence) {
    const step = drawScript(random, places);
    if (!sequence || random.chance(15)) return step;
    if (step.api !== "xhr") step.mode = "cors";
    delete step.cache;
    if (random.chance(70)) step.method = random.pick(["PUT", "PATCH", "DELETE", "GET"]);
    if (step.method === "GET") {
        step.headers = [["X-A", "1"]];
        delete step.body;
        delete step.bodyType;
    }
    return step;
}

export function generate(seed, index) {
    const random = new Random(seed, index);
    const id = `g${seed}n${index}`;
    const page = drawPage(random, id);
    const places = placesOf(id, page);
    const situation = { id, origin: page, steps: [] };
    drawClient(random, situation);

    const sequence = random.chance(28);
    const count = sequence ? random.weighted([[6, 2], [3, 3], [1, 4]]) : 1;
    const secure = page.startsWith("https:");
    const waits = sequence && random.chance(4);
    const url = drawURL(random, drawTarget(random, places, secure), "a");
    let step = { ...drawFirst(random, places, sequence), url };
    for (let i = 0; i < count; i++) {
        if (i > 0) {
            if (waits && i === count - 1) situation.steps.push(drawWait(random));
            step = varied(random, step);
        }
        const hops = random.chance(0.6) ? drawLongChain(random, places, step.url, `s${i}`)
            : sequence && random.chance(75) ? [{ url: step.url }]
            : drawChain(random, places, step.url, `s${i}`);
        step.responses = responsesOf(random, step, hops, situation.origin, sequence);
        spoil(random, step, { origin: situation.origin, others: places });
        situation.steps.push(step);
    }
    return situation;
}

export function* generateAll(seed, count) {
    for (let index = 0; index < count; index++) yield generate(seed, index);
}
