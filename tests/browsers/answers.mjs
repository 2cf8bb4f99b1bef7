/* Which response of a fetch step answers a request that arrived. Engines send different requests
 * (one preflights where another does not), so a response may say what it is for, and there is
 * always one to give. The laboratory and the prediction both ask here, so that they cannot differ.
 *
 * `responses` of a step is a list. A response may carry `for` ("preflight" or "actual") and `url`
 * (without fragment). A request is answered by the first unused response that fits it; when those
 * are used up, by the last that fits, again and again; when none fits, by a bare 404. */

export const NO_ANSWER = { status: 404, statusText: "Not Found", headers: [], body: "" };

/* A preflight cannot be forged: script may not set Access-Control-Request-Method. */
export function isPreflight(method, headers) {
    return (
        method === "OPTIONS" &&
        headers.some(([name]) => name.toLowerCase() === "access-control-request-method")
    );
}

/* A URL as it goes over the wire: no fragment, no userinfo. */
export function wireURL(url) {
    try {
        const parsed = new URL(url);
        parsed.hash = "";
        parsed.username = "";
        parsed.password = "";
        return parsed.href;
    } catch {
        return url;
    }
}

export class Answers {
    constructor(responses) {
        this.responses = responses ?? [];
        this.used = new Set();
    }

    /* request: { preflight: boolean, url }. Returns the response, never nothing. */
    answer({ preflight, url }) {
        const wanted = wireURL(url);
        const fits = (response) =>
            (response.for === undefined || (response.for === "preflight") === preflight) &&
            (response.url === undefined || wireURL(response.url) === wanted);
        let last = -1;
        for (let i = 0; i < this.responses.length; i++) {
            if (!fits(this.responses[i])) continue;
            last = i;
            if (!this.used.has(i)) break;
        }
        if (last < 0) return NO_ANSWER;
        this.used.add(last);
        return this.responses[last];
    }
}
