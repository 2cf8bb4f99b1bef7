/* What is recorded: a page on 127.0.0.1, an API on localhost and one more host, all on loopback, and
 * the requests that the page's script makes. They are answered so that each browser allows and blocks
 * the same ones. Values that no report may show say so. */
import { createServer } from "node:http";

/* What fetch() gets besides the path. `xhr`: by XMLHttpRequest. */
const STEPS = [
    ["/ok"],
    ["/no-header"],
    ["/put", { method: "PUT", headers: { "X-A": "1" } }],
    ["/put", { method: "PUT", headers: { "X-A": "1" } }],
    ["/no-options", { method: "PUT", headers: { "X-A": "1" } }],
    ["/redirect"],
    ["/cookie", { credentials: "include" }],
    ["/star", { credentials: "include" }],
    ["/mismatch"],
    ["/twice"],
    ["/method", { method: "DELETE" }],
    ["/header", { headers: { "X-B": "1" } }],
    ["/json", { method: "POST", body: "{}",
                headers: { "Content-Type": "application/json", Authorization: "Bearer do-not-show" } }],
    ["/form", { method: "POST", body: "a=1" }],
    ["/xhr", { xhr: true }],
    ["/opaque", { mode: "no-cors" }],
    ["/elsewhere"],
    ["/broken"],
];

/* Runs in the page; tells its own host when it has come to the end. */
export function scriptFor(api) {
    async function run(api, steps) {
        const xhr = (url) => new Promise((resolve) => {
            const request = new XMLHttpRequest();
            request.onloadend = resolve;
            request.open("GET", url);
            request.send();
        });
        for (const [path, { xhr: byXHR, ...init } = {}] of steps) {
            try {
                if (byXHR) await xhr(api + path);
                else await (await fetch(api + path, init)).text();
            } catch {
                /* That is what is recorded. */
            }
        }
        await fetch("/done");
    }
    return `(${run})(${JSON.stringify(api)}, ${JSON.stringify(STEPS)})`;
}

const PAGE = '<!doctype html><link rel="icon" href="data:,"><title>recorded</title>';

function answer(request, response, other) {
    const { pathname } = new URL(request.url, "http://any.example");
    const { origin } = request.headers;
    if (pathname === "/broken") return request.socket.destroy();
    const headers = {
        "Access-Control-Allow-Origin": origin ?? "*",
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "x-a, content-type, authorization",
        "Access-Control-Max-Age": "60",
        "Cache-Control": "no-store",
    };
    if (pathname === "/no-header") delete headers["Access-Control-Allow-Origin"];
    if (pathname === "/star") headers["Access-Control-Allow-Origin"] = "*";
    if (pathname === "/mismatch") headers["Access-Control-Allow-Origin"] = "https://other.example";
    if (pathname === "/twice") headers["Access-Control-Allow-Origin"] = [origin, origin];
    if (pathname === "/star" || pathname === "/cookie")
        headers["Access-Control-Allow-Credentials"] = "true";
    if (pathname === "/cookie") headers["Set-Cookie"] = "sid=do-not-show; SameSite=Lax";
    if (pathname === "/redirect") headers.Location = "/target";
    if (pathname === "/elsewhere") headers.Location = `${other}/final`;
    const refused = pathname === "/no-options" && request.method === "OPTIONS";
    if (refused) delete headers["Access-Control-Allow-Origin"];
    response.writeHead(headers.Location ? 302 : refused ? 404 : 200, headers);
    response.end(request.method === "OPTIONS" ? "" : "hello");
}

const listen = (server) => new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server.address().port));
});

/* { page, api, done (a promise), close() } */
export async function openSite() {
    let other, finish;
    const done = new Promise((resolve) => (finish = resolve));
    const servers = [
        createServer((request, response) => {
            if (request.url === "/done") finish();
            response.setHeader("Content-Type", "text/html");
            response.end(request.url === "/done" ? "" : PAGE);
        }),
        createServer((request, response) => answer(request, response, other)),
        createServer((request, response) => answer(request, response, other)),
    ];
    const [page, api, third] = await Promise.all(servers.map(listen));
    other = `http://localhost:${third}`;
    return {
        page: `http://127.0.0.1:${page}/`,
        api: `http://localhost:${api}`,
        done,
        close() {
            for (const server of servers) {
                server.closeAllConnections();
                server.close();
            }
        },
    };
}
