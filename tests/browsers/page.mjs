/* The page of a situation: a document that carries the steps, runs them one after another as any
 * script would, and tells the laboratory after each what script could see. Invariants: it uses
 * what every page has (fetch, XMLHttpRequest); what it says goes to its own host, below /__lab/,
 * as a no-cors POST, which needs no preflight even where the page's origin is opaque; header
 * names, header values and response bodies are bytes, as code points 0 to 255; URL, method and
 * request body are text. */

export const CONTROL = "/__lab/";

const MOST_BODY = 1 << 16;

/* Everything it needs is inside: this function is sent to the browser as source. */
async function runInPage({ steps, query, mostBody }) {
    const control = (what) => new URL(`/__lab/${what}?${query}`, location.href).href;
    const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const textOf = (error) => `${error?.name}: ${error?.message}`;

    const bytesOf = (buffer) => {
        let text = "";
        for (const byte of new Uint8Array(buffer ?? []).subarray(0, mostBody))
            text += String.fromCharCode(byte);
        return text;
    };

    const bodyOf = ({ body, bodyType }) => {
        if (body === undefined || body === null) return undefined;
        if (bodyType === undefined || bodyType === null) return body;
        return new Blob([body], bodyType === "" ? {} : { type: bodyType });
    };

    const failed = (exception) => ({
        result: "network-error", exception, status: 0, statusText: "", url: "", redirected: false,
        headers: [], body: null,
    });

    const initOf = (step) => {
        const init = { headers: step.headers ?? [] };
        for (const name of ["method", "mode", "credentials", "redirect", "cache", "referrer",
                            "referrerPolicy", "keepalive"])
            if (step[name] !== undefined && step[name] !== null) init[name] = step[name];
        const body = bodyOf(step);
        if (body !== undefined) init.body = body;
        return init;
    };

    const fetchStep = async (step) => {
        let response;
        try {
            response = await fetch(step.url, initOf(step));
        } catch (error) {
            return failed(textOf(error));
        }
        const seen = {
            result: response.type === "opaqueredirect" ? "opaque-redirect" : response.type,
            exception: null,
            status: response.status,
            statusText: response.statusText,
            url: response.url,
            redirected: response.redirected,
            headers: [...response.headers],
            body: null,
        };
        if (seen.result.startsWith("opaque")) return seen;
        try {
            seen.body = bytesOf(await response.arrayBuffer());
        } catch (error) {
            seen.bodyException = textOf(error);
        }
        return seen;
    };

    const headerList = (text) =>
        text.split("\r\n").filter((line) => line !== "").map((line) => {
            const at = line.indexOf(": ");
            return [line.slice(0, at), line.slice(at + 2)];
        });

    const xhrStep = (step) => new Promise((resolve) => {
        const xhr = new XMLHttpRequest();
        for (const event of ["error", "abort", "timeout"])
            xhr.addEventListener(event, () => resolve({ ...failed(null), event }));
        xhr.addEventListener("load", () => resolve({
            result: "readable", exception: null, status: xhr.status, statusText: xhr.statusText,
            url: xhr.responseURL, redirected: null,
            headers: headerList(xhr.getAllResponseHeaders()), body: bytesOf(xhr.response),
        }));
        try {
            xhr.open(step.method ?? "GET", step.url);
            xhr.responseType = "arraybuffer";
            xhr.withCredentials = step.credentials === "include";
            for (const [name, value] of step.headers ?? []) xhr.setRequestHeader(name, value);
            if (step.useCORSPreflight) xhr.upload.onprogress = () => {};
            xhr.send(bodyOf(step) ?? null);
        } catch (error) {
            resolve(failed(textOf(error)));
        }
    });

    /* More than once where the connection was being closed: a POST is not repeated by browsers. */
    const tell = async (number, value) => {
        for (let attempt = 0; attempt < 3; attempt++)
            try {
                return await fetch(`${control("step")}&number=${number}`, {
                    method: "POST", mode: "no-cors", credentials: "omit", cache: "no-store",
                    referrerPolicy: "no-referrer", body: JSON.stringify(value),
                });
            } catch {
                /* The laboratory may have it all the same. */
            }
    };

    let number = 0;
    for (const step of steps) {
        if (step.op === "wait") await sleep(step.seconds);
        else await tell(number++, await (step.api === "xhr" ? xhrStep(step) : fetchStep(step)));
    }
    location.replace(control("next"));
}

/* JSON in ASCII, which no parser of HTML or script takes for anything else. */
const literal = (value) =>
    JSON.stringify(value).replace(/[<>&\u007f-\uffff]/g, (unit) =>
        `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/* Script gets no responses: those are the server's. */
const forScript = ({ responses, ...step }) => step;

const HEAD = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

/* The document that plays the situation. */
export function documentOf(situation, query) {
    const given = { steps: situation.steps.map(forScript), query, mostBody: MOST_BODY };
    const script = `(${runInPage})(${literal(given)})`;
    return `${HEAD}<title>${situation.id}</title>\n<script>${script}</script>\n`;
}

/* Where a browser waits while there is nothing to play. */
export function waitingDocument(query) {
    const next = literal(`${CONTROL}next?${query}`);
    return `${HEAD}<title>waiting</title><script>location.replace(${next})</script>\n`;
}

/* A page that the user looks at before, and leaves for the next address. */
export function visitDocument(address) {
    const script = `location.replace(${literal(address)})`;
    return `${HEAD}<title>a visit</title><script>${script}</script>\n`;
}

/* The URL of a situation's page, as a browser asks for it. */
export function pageOf(situation) {
    return new URL(situation.page ?? `${situation.origin}/`).href.replace(/#.*$/s, "");
}
