/* Whether a page of a host can be loaded in a browser, what `Origin` its fetches carry, and whether
 * a fetch reaches that host. A page of ours opens a page of each host in a frame; that page fetches
 * from another origin, and the proxy (../proxy.mjs), which is the browser's whole network, writes
 * down which host was asked for the page and what `Origin` the fetch had. Our own page also fetches
 * from the host. What does not come is tried again before that is an answer. Nothing goes beyond
 * loopback. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory, removeDirectory, within } from "../browsers/process.mjs";
import { makeCertificate } from "../certificate.mjs";
import { Proxy } from "../proxy.mjs";

const HOME = "home.laboratory.example";
const SINK = "sink.laboratory.example";
const FOLDER = "/__hosts/";

const SECONDS_TO_START = 60;
const MOST_PATIENCE = 8000; /* milliseconds */
const LATEST = 12;

/* Many at a time, and what did not come once more; then those with ";", alone: WebKitGTK's network
 * process ends over some of them, and what else is under way fails with them. */
const PASSES = [
    { atOnce: 12, patience: 1000, fragile: false }, { atOnce: 12, patience: 1500, fragile: false },
    { atOnce: 1, patience: 800, fragile: true },
];

/* Everything it needs is inside: these functions are sent to the browser as source. */
async function runDriver({ probes, passes, mostPatience, latest, folder }) {
    const heard = new Map();
    addEventListener("message", ({ data }) => heard.get(String(data?.id))?.(data));

    const parsed = (text) => {
        try {
            return new URL(text).hostname;
        } catch {
            return null;
        }
    };

    const at = ({ start, id }, page) => `${start}${folder}${page}?${id}`;

    /* What the page of the probe says of itself, or null. Browsers load a page of their own where
     * they cannot load this one, so after that there is a little time left to hear of it. */
    const open = (probe, patience) => new Promise((resolve) => {
        const frame = document.createElement("iframe");
        const end = (news) => {
            clearTimeout(timer);
            heard.delete(String(probe.id));
            frame.remove();
            resolve(news);
        };
        let timer = setTimeout(end, patience, null);
        const begin = (milliseconds) => {
            clearTimeout(timer);
            timer = setTimeout(end, milliseconds, null);
        };
        let here = false;
        heard.set(String(probe.id), (news) => {
            here = true;
            if (news.origin === undefined) begin(2 * patience);
            else end(news);
        });
        frame.onload = () => here || begin(patience / 3);
        frame.src = at(probe, "page");
        document.body.append(frame);
    });

    const reach = async (probe, patience) => {
        const give = new AbortController();
        setTimeout(() => give.abort(), patience);
        try {
            await fetch(at(probe, "target"),
                        { mode: "no-cors", cache: "no-store", signal: give.signal });
            return true;
        } catch {
            return false;
        }
    };

    /* How long the latest pages took that came, in milliseconds: where that is long, more patience is needed. */
    const times = [];

    const measure = async (probe, least) => {
        const hostname = parsed(at(probe, "page"));
        const patience = Math.min(Math.max(least, ...times.map((time) => 4 * time)), mostPatience);
        const began = performance.now();
        const opened = hostname === null ? null : open(probe, patience).then((news) => {
            if (news !== null) times.push(performance.now() - began);
            if (times.length > latest) times.shift();
            return news;
        });
        const [page, fetched] = await Promise.all([opened, reach(probe, patience)]);
        return { id: probe.id, hostname, page, fetched };
    };

    const results = new Map();
    for (const { atOnce, patience, fragile } of passes) {
        const left = probes.filter((probe) => {
            const result = results.get(probe.id);
            return probe.fragile === fragile &&
                (result === undefined || result.hostname !== null && result.page === null);
        });
        await Promise.all(Array.from({ length: atOnce }, async () => {
            for (let probe; (probe = left.shift()) !== undefined;)
                results.set(probe.id, await measure(probe, patience));
        }));
    }
    await fetch(`${folder}done`, { method: "POST", body: JSON.stringify([...results.values()]) });
}

async function runPage({ folder, sink }) {
    const id = location.search.slice(1);
    const tell = (more) => parent.postMessage({ id, ...more }, "*");
    tell({});
    let readable = false;
    try {
        await fetch(`${location.protocol}//${sink}${folder}sink?${id}`, { cache: "no-store" });
        readable = true;
    } catch {
        /* The server's answer was not for this origin. */
    }
    tell({ origin: self.origin, readable });
}

const literal = (value) =>
    JSON.stringify(value).replace(/[<>&\u007f-\uffff]/g, (unit) =>
        `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const documentOf = (run, given) =>
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body>' +
    `<script>(${run})(${literal(given)})</script>\n`;

const headerOf = ({ headers }, name) =>
    headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? null;

/* What came over the wire, by probe. */
class Server {
    constructor(probes) {
        this.probes = probes;
        this.seen = new Map(probes.map(({ id }) => [String(id), {}]));
        this.strays = [];
        this.done = new Promise((resolve) => (this.finish = resolve));
    }

    html(run, given) {
        return { status: 200, statusText: "OK", keepAlive: true, body: documentOf(run, given),
                 headers: [["Content-Type", "text/html"], ["Cache-Control", "no-store"]] };
    }

    answer(request) {
        const [, page, id] = /^https?:\/\/[^/]*\/__hosts\/([a-z]+)(?:\?(\d+))?$/
            .exec(request.url) ?? [];
        const seen = this.seen.get(id);
        if (page === "driver")
            return this.html(runDriver, { probes: this.probes, passes: PASSES,
                                          mostPatience: MOST_PATIENCE, latest: LATEST,
                                          folder: FOLDER });
        if (page === "done") this.finish(JSON.parse(Buffer.from(request.body, "latin1")));
        else if (page === "page" && seen) seen.page = request.host;
        else if (page === "target" && seen) seen.target = request.host;
        else if (page === "sink" && seen) seen.origin = headerOf(request, "origin");
        else this.strays.push(request.url);
        if (page === "page" && seen) return this.html(runPage, { folder: FOLDER, sink: SINK });
        const allowed = page === "sink" && seen?.origin
            ? [["Access-Control-Allow-Origin", seen.origin]] : [];
        return { status: page === undefined ? 502 : 200, statusText: "", keepAlive: true,
                 headers: [...allowed, ["Cache-Control", "no-store"]], body: "" };
    }
}

/* What browsers look up by themselves. None of the probes' hosts ends like that. */
const isForeign = (host) => /\.(com|org|net)$/.test(host);

/* Probes are { id (a number), start (a URL without its path), fragile }. Resolves to
 * { version, strays, results }; a result is the probe and `hostname` (what URL's parser gives,
 * or null), `asked` (the host that was asked for the page), `origin` (the header), `readable`
 * (whether the answer for just that origin was let through), `self` (the page's own idea of its
 * origin), `fetched`, and `target` (the host that a fetch asked). */
export async function measure(engine, probes, log = () => {}) {
    const module = await import(`../browsers/${engine}.mjs`);
    const found = await module.find();
    const directory = makeDirectory();
    const server = new Server(probes);
    const proxy = new Proxy({
        certificate: await makeCertificate(directory), log,
        answer: (request) => Promise.resolve(server.answer(request)),
        admits: (host) => !isForeign(host),
    });
    let browser = null;
    try {
        const port = await proxy.listen();
        const room = join(directory, "browser");
        mkdirSync(room);
        browser = await within(SECONDS_TO_START, module.open({
            ...found, log, directory: room, proxy: `127.0.0.1:${port}`,
            url: `http://${HOME}${FOLDER}driver`,
        }), "the browser's start");
        const ended = browser.exited.then((why) => {
            throw new Error(`the browser ended: ${why}`);
        });
        const results = new Map((await Promise.race([
            within(SECONDS_TO_START + probes.length / 2, server.done, "the browser"), ended,
        ])).map((result) => [result.id, result]));
        ended.catch(() => {});
        return { version: found.version, strays: server.strays, results: probes.map((probe) => {
            const { hostname, page, fetched } = results.get(probe.id);
            const { page: asked = null, target = null, origin = null } =
                server.seen.get(String(probe.id));
            return { ...probe, hostname, asked, origin, readable: page?.readable ?? false,
                     self: page?.origin ?? null, fetched, target };
        }) };
    } finally {
        await browser?.close();
        proxy.close();
        removeDirectory(directory);
    }
}
