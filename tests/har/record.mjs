/* record.mjs ENGINE FILE: lets a real browser make the requests of site.mjs and writes the recording
 * that its own tools export, in FILE. Nothing of the recordings is ours:
 * - Chromium: its DevTools, open on the page in a second tab; their own code for "Export HAR" is
 *   called (models/har), with sensitive data, as the button offers it.
 * - Firefox: the network monitor, open by --devtools, exports by itself after each page
 *   (devtools.netmonitor.har.enableAutoExportToFile).
 * - WebKitGTK: MiniBrowser's inspector, which it serves over HTTP (WEBKIT_INSPECTOR_HTTP_SERVER). That
 *   web page is opened in Chromium, and its "Export HAR" (WI.HARBuilder) is called.
 * Exit status: 0, or 77 where a browser is not installed. */
import { mkdirSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as chromium from "../browsers/browsers/chromium.mjs";
import * as firefox from "../browsers/browsers/firefox.mjs";
import { makeDirectory, start, within } from "../browsers/browsers/process.mjs";
import * as webkit from "../browsers/browsers/webkit.mjs";
import { openSite, scriptFor } from "./site.mjs";

const SKIP = 77;

/* Until `probe` gives something; what it throws is not yet. */
async function eventually(seconds, what, probe) {
    const end = Date.now() + seconds * 1000;
    let last = "nothing";
    while (Date.now() < end) {
        try {
            const found = await probe();
            if (found) return found;
        } catch (error) {
            last = error.message;
        }
        await sleep(100);
    }
    throw new Error(`${what}: ${last} after ${seconds} s`);
}

const home = (directory) => ({ HOME: directory, TMPDIR: directory, XDG_CONFIG_HOME: directory,
                               XDG_CACHE_HOME: directory });

/* ---- Chromium ----------------------------------------------------------------------------- */

/* One tab, over the DevTools protocol, whose messages are as those of BiDi. */
class Tab {
    constructor(connection) {
        this.connection = connection;
    }

    static async open({ webSocketDebuggerUrl }) {
        const connection = new firefox.BiDi(() => {});
        await connection.connect(webSocketDebuggerUrl);
        return new Tab(connection);
    }

    navigate(url) {
        return this.connection.send("Page.navigate", { url });
    }

    async evaluate(expression) {
        const reply = await this.connection.send("Runtime.evaluate", {
            expression, awaitPromise: true, returnByValue: true,
        });
        if (reply?.exceptionDetails || reply?.result === undefined)
            throw new Error(reply?.exceptionDetails?.exception?.description ?? "no result");
        return reply.result.value;
    }
}

/* Chromium with a port for the protocol: { list(), create(url), kill() }. */
async function startChromium(directory) {
    const { program } = await chromium.find();
    const profile = join(directory, "chromium");
    const { kill } = start(program, [
        ...chromium.FLAGS.filter((flag) => flag !== "--remote-debugging-pipe"),
        "--remote-debugging-port=0", "--remote-allow-origins=*",
        `--user-data-dir=${profile}`, "about:blank",
    ], { stdio: "ignore", env: home(directory) });
    const file = join(profile, "DevToolsActivePort");
    const port = await eventually(60, "chromium's start",
                                  () => existsSync(file) && readFileSync(file, "utf8").split("\n")[0]);
    const ask = async (path, method = "GET") =>
        (await fetch(`http://127.0.0.1:${port}/json${path}`, { method })).json();
    return {
        port, kill,
        page: () => eventually(30, "chromium's first tab", async () =>
            (await ask("")).find(({ type }) => type === "page")),
        create: (url) => ask(`/new?${encodeURIComponent(url)}`, "PUT"),
    };
}

async function recordChromium(site, directory) {
    const browser = await startChromium(directory);
    try {
        const target = await browser.page();
        const socket = `127.0.0.1:${browser.port}/devtools/page/${target.id}`;
        const tools = await Tab.open(await browser.create(
            `devtools://devtools/bundled/devtools_app.html?ws=${socket}`));
        const page = await Tab.open(target);
        const logs = "(await import('devtools://devtools/bundled/models/logs/logs.js'))" +
            ".NetworkLog.NetworkLog.instance()";
        const requests = () => tools.evaluate(`(async () => ${logs}.requests().length)()`);
        /* What is asked of them before they have begun keeps them from beginning. */
        await eventually(60, "DevTools", () => tools.evaluate("!!document.querySelector('.root-view')"));
        await eventually(60, "DevTools' network log", async () => {
            await page.navigate(site.page);
            await sleep(500);
            return await requests() > 0;
        });
        await page.navigate("about:blank");
        await page.navigate(site.page);
        await eventually(20, "the page",
                         async () => await page.evaluate("document.title") === "recorded");
        await page.evaluate(scriptFor(site.api));
        await sleep(500);
        return await tools.evaluate(`(async () => {
            const { Log } = await import("devtools://devtools/bundled/models/har/har.js");
            const log = await Log.Log.build(${logs}.requests(), { sanitize: false });
            return JSON.stringify({ log });
        })()`);
    } finally {
        await browser.kill();
    }
}

/* ---- Firefox ------------------------------------------------------------------------------ */

async function recordFirefox(site, directory) {
    const { program } = await firefox.find();
    const folder = join(directory, "har");
    mkdirSync(folder);
    const profile = firefox.makeProfile(directory, {
        "network.proxy.type": 0,
        "devtools.toolbox.selectedTool": "netmonitor",
        "devtools.netmonitor.har.enableAutoExportToFile": true,
        "devtools.netmonitor.har.defaultLogDir": folder,
        "devtools.netmonitor.har.defaultFileName": "recording-%T",
        "devtools.netmonitor.har.forceExport": true,
        "devtools.netmonitor.har.pageLoadedTimeout": 2500,
    });
    const { child, kill } = start(program, [
        "--headless", "--no-remote", "--new-instance", "--profile", profile, "--devtools",
        "--remote-debugging-port=0",
    ], { stdio: ["ignore", "ignore", "pipe"], env: { ...home(directory), LANG: "C.UTF-8" } });
    try {
        const bidi = new firefox.BiDi(() => {});
        await bidi.connect(`${await within(60, firefox.addressOf(child), "firefox's start")}/session`);
        await bidi.send("session.new", { capabilities: {} });
        const { contexts: [{ context }] } = await bidi.send("browsingContext.getTree", {});
        const files = () => readdirSync(folder).map((name) => join(folder, name));
        /* The network monitor is open when it exports what it saw of a page. */
        await eventually(60, "the network monitor", async () => {
            await bidi.send("browsingContext.navigate", { context, url: site.page, wait: "complete" });
            await sleep(3500);
            return files().length > 0;
        });
        const before = new Set(files());
        await bidi.send("browsingContext.navigate", { context, url: site.page, wait: "complete" });
        await bidi.send("script.evaluate", { expression: scriptFor(site.api), awaitPromise: true,
                                             target: { context } });
        return await eventually(30, "the recording", () => {
            const written = files().filter((file) => !before.has(file))
                .map((file) => readFileSync(file, "utf8")).find((text) => text.includes("/broken"));
            return written && JSON.parse(written) && written;
        });
    } finally {
        await kill();
    }
}

/* ---- WebKit ------------------------------------------------------------------------------- */

const freePort = () => new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});

/* All resources of all frames, as the Network tab collects them. */
const EXPORT = `(async () => {
    const resources = new Set(WI.networkManager.frames.flatMap(
        (frame) => [frame.mainResource, ...frame.resourceCollection]));
    const sorted = [...resources].sort((a, b) =>
        (a.requestSentTimestamp || 0) - (b.requestSentTimestamp || 0));
    return JSON.stringify(await WI.HARBuilder.buildArchive(sorted));
})()`;

async function recordWebKit(site, directory) {
    const { program, xvfb } = await webkit.find();
    const inspector = `127.0.0.1:${await freePort()}`;
    const screen = await webkit.openScreen(xvfb);
    for (const name of ["cache", "config", "data"]) mkdirSync(join(directory, name));
    const { kill } = start(program, [...webkit.FLAGS, "--enable-developer-extras=true", site.page], {
        stdio: "ignore",
        env: { ...webkit.environment(directory, screen.display),
               WEBKIT_INSPECTOR_HTTP_SERVER: inspector },
    });
    const host = await startChromium(directory);
    try {
        const socket = await eventually(60, "the inspector", async () => {
            const list = await (await fetch(`http://${inspector}/`)).text();
            return list.includes(site.page) && /socket\/\d+\/\d+\/WebPage/.exec(list)?.[0];
        });
        const tab = await Tab.open(await host.create(
            `http://${inspector}/Main.html?ws=${inspector}/${socket}`));
        await eventually(60, "the inspector's page",
                         () => tab.evaluate("!!WI.networkManager.mainFrame?.mainResource"));
        await tab.evaluate(`WI.mainTarget.RuntimeAgent.evaluate.invoke(
            { expression: ${JSON.stringify(`${scriptFor(site.api)}; 0`)} }).then(() => 0)`);
        await within(60, site.done, "the page's requests");
        await sleep(1000);
        return await tab.evaluate(EXPORT);
    } finally {
        await host.kill();
        await kill();
        await screen.kill();
    }
}

/* ---- */

const RECORD = { chromium: recordChromium, firefox: recordFirefox, webkit: recordWebKit };

const [engine, file] = process.argv.slice(2);
const site = await openSite();
try {
    const text = await RECORD[engine](site, makeDirectory());
    writeFileSync(file, `${JSON.stringify(JSON.parse(text), null, 1)}\n`);
} catch (error) {
    if (!error.missing) throw error;
    process.stdout.write(`SKIP: ${error.message}\n`);
    process.exitCode = SKIP;
} finally {
    site.close();
}
process.exit();
