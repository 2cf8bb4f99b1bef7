/* Chromium, with the laboratory's proxy as its network, and told over the DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/, on a pipe) to open the first page and to
 * report what goes to the console. Of the protocol's domains only Log is enabled: Network and Fetch
 * could change what is loaded, and how. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, missing, start, within } from "./process.mjs";

/* Features that would ask, upgrade, prefetch or report in a situation's place. */
const DISABLED_FEATURES = [
    "LocalNetworkAccessChecks", "LocalNetworkAccessChecksWebSockets",
    "BlockInsecurePrivateNetworkRequests", "PrivateNetworkAccessSendPreflights",
    "HttpsUpgrades", "HttpsFirstBalancedMode", "HttpsFirstBalancedModeAutoEnable",
    "HttpsFirstModeV2ForTypicallySecureUsers", "HttpsFirstModeIncognito",
    "BackForwardCache", "OptimizationHints", "MediaRouter", "DialMediaRouteProvider", "Translate",
    "AutofillServerCommunication", "CertificateTransparencyComponentUpdater",
    "NetworkTimeServiceQuerying", "PreconnectToSearch", "LoadingPredictorPrefetch",
];

export const FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-breakpad",
    "--disable-crash-reporter", "--disable-domain-reliability",
    "--disable-client-side-phishing-detection", "--disable-field-trial-config",
    "--disable-hang-monitor", "--disable-popup-blocking", "--disable-prompt-on-repost",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
    "--disable-ipc-flooding-protection", "--disable-dev-shm-usage", "--metrics-recording-only",
    "--no-pings", "--no-service-autorun", "--password-store=basic", "--use-mock-keychain",
    "--mute-audio", "--ignore-certificate-errors", "--lang=en-US", "--remote-debugging-pipe",
    `--disable-features=${DISABLED_FEATURES.join(",")}`,
];

/* The DevTools protocol: JSON, each message ended by a zero byte. */
class DevTools {
    constructor(input, output, onEvent) {
        Object.assign(this, { input, onEvent, last: 0, waiting: new Map(), rest: "" });
        output.setEncoding("utf8");
        output.on("data", (text) => this.take(text));
        output.on("close", () => this.fail(new Error("the DevTools pipe was closed")));
    }

    take(text) {
        const parts = (this.rest + text).split("\0");
        this.rest = parts.pop();
        for (const message of parts.map((part) => JSON.parse(part))) {
            const waiting = this.waiting.get(message.id);
            if (waiting === undefined) {
                this.onEvent(message);
                continue;
            }
            this.waiting.delete(message.id);
            if (message.error) waiting.reject(new Error(message.error.message));
            else waiting.resolve(message.result);
        }
    }

    fail(error) {
        this.failed = error;
        for (const { reject } of this.waiting.values()) reject(error);
        this.waiting.clear();
    }

    send(method, params = {}, sessionId = undefined) {
        if (this.failed) return Promise.reject(this.failed);
        const id = ++this.last;
        this.input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    }
}

export async function find() {
    const program = findProgram("chromium", "chromium-browser", "google-chrome");
    if (program === null) throw missing("chromium is not installed (package chromium)");
    const { stdout } = await promisify(execFile)(program, ["--version"]);
    return { program, version: stdout.trim().replace(/ built on .*/, "") };
}

async function openPage(tools, url) {
    const { targetInfos } = await tools.send("Target.getTargets");
    const page = targetInfos.find(({ type }) => type === "page") ??
        await tools.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await tools.send("Target.attachToTarget",
                                           { targetId: page.targetId, flatten: true });
    await tools.send("Log.enable", {}, sessionId);
    tools.send("Page.navigate", { url }, sessionId).catch(() => {});
    return sessionId;
}

/* Debian's Chromium blocks third-party cookies unless it is told otherwise; Chrome, and Chromium as
 * it is released, do not (cookie_settings.cc: kIncognitoOnly). */
function writeProfile(directory) {
    const profile = join(directory, "profile");
    mkdirSync(join(profile, "Default"), { recursive: true });
    writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify({
        profile: { cookie_controls_mode: 2, block_third_party_cookies: false },
    }));
    return profile;
}

export async function open({ program, directory, proxy, url }) {
    const { child, exited, kill } = start(program, [
        ...FLAGS, `--user-data-dir=${writeProfile(directory)}`,
        `--proxy-server=http://${proxy}`, "--proxy-bypass-list=<-loopback>", "about:blank",
    ], {
        stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
        env: { HOME: directory, TMPDIR: directory, XDG_CONFIG_HOME: directory,
               XDG_CACHE_HOME: directory },
    });
    const entries = [];
    const tools = new DevTools(child.stdio[3], child.stdio[4], ({ method, params }) => {
        if (method !== "Log.entryAdded") return;
        const { source, level, text, url: at } = params.entry;
        entries.push({ source, level, text, url: at ?? null });
    });
    exited.then((why) => tools.fail(new Error(`chromium ended: ${why}`)));
    try {
        const session = await within(60, openPage(tools, url), "chromium's start");
        return {
            exited,
            /* What the console got since the last call. The page's messages come in order, so
             * when a command of its own is answered they are all here. */
            async console() {
                await tools.send("Runtime.evaluate", { expression: "0" }, session);
                return entries.splice(0);
            },
            /* The value of an expression in the page. */
            async evaluate(expression) {
                const { result } = await tools.send(
                    "Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true },
                    session);
                return result.value;
            },
            /* As if its user preferred these colours: "light" or "dark". */
            async emulate(scheme) {
                const features = [{ name: "prefers-color-scheme", value: scheme }];
                await tools.send("Emulation.setEmulatedMedia", { features }, session);
            },
            close: kill,
        };
    } catch (error) {
        await kill();
        throw error;
    }
}

/* "Failed to load resource" is said of every failure and bad status, CORS or not. */
export const aside = ({ text }) => text.startsWith("Failed to load resource");
