/* Draws situations about cookies from a seed: what was set where, and which of it goes along with
 * which fetch (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html). The user
 * visits places that set cookies; then a page fetches, by way of redirects, from places of all
 * relations to it, and the responses set more. CORS lets everything through, so that every request
 * is made and shows its cookies. A cookie's value says how it was set, so that a disagreement
 * explains itself. Invariants: those of generator.mjs. */
import { Random } from "./generator.mjs";

/* ---- Places ------------------------------------------------------------------------------- */

/* Hosts by their relation to the page; localhost is a site of its own below each id. */
function placesOf(id, scheme, local) {
    const site = local ? `${id}.localhost` : `${id}.example`;
    const other = scheme === "https" ? "http" : "https";
    return {
        page: `${scheme}://app.${site}`,
        sameSite: `${scheme}://api.${site}`,
        above: `${scheme}://${site}`,
        otherPort: `${scheme}://app.${site}:${scheme === "https" ? 8443 : 8080}`,
        otherScheme: `${other}://api.${site}`,
        otherSite: `${scheme}://api.other-${id}.example`,
        otherSiteAndScheme: `${other}://api.other-${id}.example`,
        thirdSite: `${scheme}://api.third-${id}.example`,
        localhost: `http://${id}.localhost`,
    };
}

/* A page from https: may not fetch from http:, localhost left aside. */
function drawPlace(random, places) {
    const secure = places.page.startsWith("https:");
    return random.weighted([
        [10, places.page],
        [24, places.sameSite],
        [6, places.above],
        [4, places.otherPort],
        [secure ? 0 : 12, places.otherScheme],
        [34, places.otherSite],
        [secure ? 0 : 8, places.otherSiteAndScheme],
        [4, places.thirdSite],
        [secure ? 0 : 4, places.localhost],
    ]);
}

/* ---- Cookies ------------------------------------------------------------------------------ */

const SAME_SITE = [
    [24, null], [20, "None"], [16, "Lax"], [16, "Strict"],
    [2, "none"], [2, "STRICT"], [2, "Unknown"], [1, ""],
];

/* What a server says about whom a cookie is for: itself, mostly, or what is above it, or nonsense. */
function drawDomain(random, host) {
    const above = host.split(".").slice(1).join(".");
    return random.weighted([
        [70, null],
        [20, above],
        [4, `.${above}`],
        [3, host],
        [1, host.split(".").at(-1)],
        [1, `below.${host}`],
        [1, ""],
    ]);
}

function drawPath(random) {
    return random.weighted([[60, null], [20, "/"], [8, "/a"], [4, "/a/"], [4, "/b"], [4, "a"]]);
}

function drawLife(random) {
    return random.weighted([
        [80, null],
        [6, "Max-Age=3600"],
        [2, "Max-Age=0"],
        [1, "Max-Age=-1"],
        [1, "Max-Age=x"],
        [3, "Expires=Wed, 21 Oct 2037 07:28:00 GMT"],
        [2, "Expires=Wed, 21 Oct 2015 07:28:00 GMT"],
        [1, "Expires=never"],
        [1, "Max-Age=3600; Expires=Wed, 21 Oct 2015 07:28:00 GMT"],
    ]);
}

function drawName(random, number) {
    return random.weighted([
        [88, `c${number}`],
        [4, `__Secure-c${number}`],
        [4, `__Host-c${number}`],
        [1, `__host-c${number}`],
        [2, "same"],
    ]);
}

/* A Set-Cookie value. */
function drawCookie(random, host, number) {
    const attributes = [];
    const sameSite = random.weighted(SAME_SITE);
    const domain = drawDomain(random, host);
    const path = drawPath(random);
    const life = drawLife(random);
    if (sameSite !== null) attributes.push(`SameSite=${sameSite}`);
    if (random.chance(sameSite?.toLowerCase() === "none" ? 80 : 30)) attributes.push("Secure");
    if (domain !== null) attributes.push(`Domain=${domain}`);
    if (path !== null) attributes.push(`Path=${path}`);
    if (life !== null) attributes.push(life);
    if (random.chance(10)) attributes.push("HttpOnly");
    if (random.chance(8)) attributes.push("Partitioned");
    const value = attributes.join("|").replace(/[^\w/.|=-]/g, "_");
    return [`${drawName(random, number)}=${value}`, ...random.shuffled(attributes)].join("; ");
}

class Cookies {
    constructor(random) {
        Object.assign(this, { random, count: 0 });
    }

    draw(url, least, most) {
        const host = new URL(url).hostname;
        return Array.from({ length: least + this.random.below(most - least + 1) },
                          () => drawCookie(this.random, host, this.count++));
    }
}

/* ---- Visits and fetches ------------------------------------------------------------------- */

const drawURL = (random, place) =>
    `${place}${random.weighted([[6, "/a"], [2, "/"], [2, "/a/b"], [1, "/b?q"]])}`;

function drawVisits(random, places, cookies) {
    return Array.from({ length: random.weighted([[1, 0], [6, 1], [4, 2], [1, 3]]) }, () => {
        const place = random.weighted([
            [4, places.sameSite], [2, places.above], [5, places.otherSite], [2, places.page],
            [2, places.otherSiteAndScheme], [1, places.otherScheme], [1, places.thirdSite],
            [1, places.localhost],
        ]);
        const url = drawURL(random, place);
        return { url, setCookie: cookies.draw(url, 1, 5) };
    });
}

/* The origin that a request at the end of the chain has: null once it went from one foreign origin
 * to another. */
function originAt(page, urls) {
    for (let i = 1; i < urls.length; i++) {
        const [last, url] = [new URL(urls[i - 1]).origin, new URL(urls[i]).origin];
        if (last !== url && last !== page) return "null";
    }
    return page;
}

function responsesOf(random, page, urls, cookies) {
    return urls.map((url, i) => {
        const headers = [["Cache-Control", "no-store"],
                         ["Access-Control-Allow-Origin", originAt(page, urls.slice(0, i + 1))],
                         ["Access-Control-Allow-Credentials", "true"]];
        for (const value of random.chance(50) ? cookies.draw(url, 1, 3) : [])
            headers.push(["Set-Cookie", value]);
        if (i + 1 < urls.length) headers.push(["Location", urls[i + 1]]);
        const status = i + 1 < urls.length ? random.pick([301, 302, 307]) : 200;
        return { url, status, statusText: "", headers, body: "" };
    });
}

function drawFetch(random, places, cookies, place) {
    const hops = random.weighted([[10, 0], [4, 1], [3, 2]]);
    const urls = [drawURL(random, place)];
    for (let i = 0; i < hops; i++)
        urls.push(drawURL(random, random.chance(40) ? place : drawPlace(random, places)));
    const step = { op: "fetch", url: urls[0], headers: [], cache: "no-store",
                   credentials: random.weighted([[9, "include"], [2, "same-origin"], [1, "omit"]]) };
    if (random.chance(12) && step.credentials !== "omit") step.api = "xhr", delete step.cache;
    else if (random.chance(12)) step.mode = "no-cors";
    if (random.chance(15)) step.method = "POST";
    step.responses = responsesOf(random, places.page, urls, cookies);
    return step;
}

export function generateCookies(seed, index) {
    const random = new Random(seed, index);
    const id = `k${seed}n${index}`;
    const local = random.chance(6);
    const places = placesOf(id, !local && random.chance(70) ? "https" : "http", local);
    const cookies = new Cookies(random);
    const situation = { id, origin: places.page, visits: drawVisits(random, places, cookies),
                        steps: [] };
    const place = drawPlace(random, places);
    for (let i = random.weighted([[2, 1], [5, 2], [2, 3]]); i > 0; i--)
        situation.steps.push(drawFetch(random, places, cookies, place));
    return situation;
}
