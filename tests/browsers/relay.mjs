/* A real server's answer to a request of a page: for situations whose API runs on loopback
 * (`servers` of a situation: { host name: port of 127.0.0.1 }). Invariants: the only connections that
 * the laboratory ever opens are these; request and response go on as they came, but for what
 * frames them and for Host, which is the server's own, whatever the page calls it. Strings are
 * bytes, as code points 0 to 255. */
import http from "node:http";

const MOST_BODY = 1 << 20;
const SECONDS = 8;

/* Fields that are about a connection, and the lengths that go with them. */
const FRAMING = ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "host",
                 "upgrade"];

const endToEnd = (headers) => headers.filter(([name]) => !FRAMING.includes(name.toLowerCase()));

function pairsOf(flat) {
    const pairs = [];
    for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]]);
    return pairs;
}

/* A response as the proxy writes one; { error: true } when there is none. */
export function relay({ method, url, headers, body }, port) {
    const { pathname, search } = new URL(url);
    return new Promise((resolve) => {
        const failed = () => resolve({ error: true });
        const request = http.request({
            host: "127.0.0.1", port, method, path: pathname + search, agent: false,
            headers: Object.fromEntries(endToEnd(headers)), timeout: SECONDS * 1000,
        }, (response) => {
            let content = "";
            response.setEncoding("latin1");
            response.on("error", failed);
            response.on("data", (part) => {
                content += part;
                if (content.length > MOST_BODY) response.destroy();
            });
            response.on("end", () => resolve({
                status: response.statusCode, statusText: response.statusMessage,
                headers: endToEnd(pairsOf(response.rawHeaders)), body: content,
            }));
            response.on("close", failed);
        });
        request.on("error", failed);
        request.on("timeout", () => request.destroy());
        request.end(Buffer.from(body ?? "", "latin1"));
    });
}
