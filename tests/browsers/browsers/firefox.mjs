/* Firefox, with the laboratory's proxy as its network, and told over WebDriver BiDi
 * (https://w3c.github.io/webdriver-bidi/, which needs no geckodriver) to let any certificate pass,
 * to open the first page and to report what goes to the console. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, missing, start, within } from "./process.mjs";
import { openWebSocket } from "./websocket.mjs";

/* What would ask, upgrade, prefetch, report or try again in a situation's place is off. */
const PREFERENCES = {
    "network.proxy.type": 1,
    "network.proxy.no_proxies_on": "",
    "network.proxy.allow_hijacking_localhost": true,
    "network.proxy.failover_direct": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "network.dns.disablePrefetch": true,
    "network.dns.disablePrefetchFromHTTPS": true,
    "network.trr.mode": 5,
    "network.prefetch-next": false,
    "network.predictor.enabled": false,
    "network.http.speculative-parallel-limit": 0,
    "network.http.http3.enable": false,
    "network.http.request.max-attempts": 1,
    "network.http.response.timeout": 0,
    "network.http.phishy-userpass-length": 255,
    "network.lna.enabled": false,
    "network.lna.blocking": false,
    "network.manage-offline-status": false,
    "dom.security.https_first": false,
    "dom.security.https_first_pbm": false,
    "dom.security.https_first_schemeless": false,
    "dom.security.https_only_mode": false,
    "security.OCSP.enabled": 0,
    "security.certerrors.mitm.priming.enabled": false,
    "security.remote_settings.crlite_filters.enabled": false,
    "security.remote_settings.intermediates.enabled": false,
    "browser.safebrowsing.malware.enabled": false,
    "browser.safebrowsing.phishing.enabled": false,
    "browser.safebrowsing.blockedURIs.enabled": false,
    "browser.safebrowsing.downloads.enabled": false,
    "browser.safebrowsing.update.enabled": false,
    "privacy.trackingprotection.enabled": false,
    "privacy.trackingprotection.pbmode.enabled": false,
    "privacy.trackingprotection.fingerprinting.enabled": false,
    "privacy.trackingprotection.cryptomining.enabled": false,
    "privacy.trackingprotection.emailtracking.enabled": false,
    "privacy.globalprivacycontrol.enabled": false,
    "privacy.donottrackheader.enabled": false,
    "browser.sessionhistory.max_total_viewers": 0,
    "browser.sessionstore.resume_from_crash": false,
    "browser.sessionstore.interval": 3600000,
    "browser.shell.checkDefaultBrowser": false,
    "browser.startup.page": 0,
    "browser.startup.homepage": "about:blank",
    "browser.startup.homepage_override.mstone": "ignore",
    "startup.homepage_welcome_url": "about:blank",
    "browser.aboutwelcome.enabled": false,
    "browser.newtabpage.enabled": false,
    "browser.newtab.preload": false,
    "browser.topsites.contile.enabled": false,
    "browser.newtabpage.activity-stream.feeds.topsites": false,
    "browser.newtabpage.activity-stream.feeds.system.topsites": false,
    "browser.discovery.enabled": false,
    "browser.region.network.url": "",
    "browser.region.update.enabled": false,
    "browser.search.update": false,
    "browser.urlbar.quicksuggest.enabled": false,
    "browser.urlbar.suggest.searches": false,
    "browser.uitour.enabled": false,
    "browser.ml.enable": false,
    "app.update.enabled": false,
    "app.update.disabledForTesting": true,
    "app.normandy.enabled": false,
    "app.shield.optoutstudies.enabled": false,
    "messaging-system.rsexperimentloader.enabled": false,
    "nimbus.rollouts.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": true,
    "datareporting.healthreport.uploadEnabled": false,
    "toolkit.telemetry.enabled": false,
    "toolkit.telemetry.unified": false,
    "toolkit.telemetry.server": "data:,",
    "datareporting.usage.uploadEnabled": false,
    "telemetry.fog.test.localhost_port": -1,
    "toolkit.startup.max_resumed_crashes": -1,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "services.sync.enabled": false,
    "extensions.update.enabled": false,
    "extensions.getAddons.cache.enabled": false,
    "extensions.systemAddon.update.enabled": false,
    "extensions.systemAddon.update.url": "",
    "extensions.pocket.enabled": false,
    "media.gmp-manager.updateEnabled": false,
    "media.gmp-manager.url": "",
    "dom.push.connection.enabled": false,
    "dom.push.serverURL": "",
    "dom.ipc.processPrelaunch.enabled": true,
    "geo.provider.testing": true,
    "identity.fxaccounts.enabled": false,
    "remote.active-protocols": 1,
    "remote.prefs.recommended": false,
};

/* A profile with these preferences besides. */
export function makeProfile(directory, more) {
    const preferences = { ...PREFERENCES, ...more };
    const profile = join(directory, "profile");
    mkdirSync(profile);
    writeFileSync(join(profile, "user.js"), Object.entries(preferences)
        .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
        .join(""));
    return profile;
}

function writeProfile(directory, proxy) {
    const [host, port] = proxy.split(":");
    return makeProfile(directory, {
        "network.proxy.http": host, "network.proxy.http_port": Number(port),
        "network.proxy.ssl": host, "network.proxy.ssl_port": Number(port),
    });
}

/* WebDriver BiDi: JSON messages on a WebSocket. */
export class BiDi {
    constructor(onEvent) {
        Object.assign(this, { onEvent, last: 0, waiting: new Map() });
    }

    async connect(address) {
        this.socket = await openWebSocket(address, {
            onMessage: (text) => this.take(JSON.parse(text)),
            onClose: () => this.fail(new Error("WebDriver BiDi was closed")),
        });
    }

    take(message) {
        if (message.type === "event") {
            this.onEvent(message);
            return;
        }
        const waiting = this.waiting.get(message.id);
        this.waiting.delete(message.id);
        if (message.type === "error")
            waiting?.reject(new Error(`${message.error}: ${message.message}`));
        else waiting?.resolve(message.result);
    }

    fail(error) {
        this.failed = error;
        for (const { reject } of this.waiting.values()) reject(error);
        this.waiting.clear();
    }

    send(method, params) {
        if (this.failed) return Promise.reject(this.failed);
        const id = ++this.last;
        this.socket.send(JSON.stringify({ id, method, params }));
        return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    }
}

export async function find() {
    const program = findProgram("firefox-esr", "firefox");
    if (program === null) throw missing("firefox is not installed (package firefox-esr)");
    const { stdout } = await promisify(execFile)(program, ["--version"]);
    return { program, version: stdout.trim() };
}

/* The address that Firefox prints when it listens. */
export function addressOf(child) {
    return new Promise((resolve) => {
        let text = "";
        child.stderr.setEncoding("utf8");
        child.stderr.on("data", (more) => {
            text = (text + more).slice(-10000);
            const listening = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(text);
            if (listening) resolve(listening[1]);
        });
    });
}

async function openPage(bidi, child, url) {
    await bidi.connect(`${await addressOf(child)}/session`);
    await bidi.send("session.new",
                    { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
    await bidi.send("session.subscribe", { events: ["log.entryAdded"] });
    const { contexts } = await bidi.send("browsingContext.getTree", {});
    await bidi.send("browsingContext.navigate",
                    { context: contexts[0].context, url, wait: "none" });
    return contexts[0].context;
}

/* Messages of the parent process and of the page's come in any order: those on CORS first. */
function inOrder(entries) {
    const ofCORS = ({ text }) => text.startsWith("Cross-Origin Request ");
    return [...entries.filter(ofCORS), ...entries.filter((entry) => !ofCORS(entry))];
}

export async function open({ program, directory, proxy, url }) {
    const { child, exited, kill } = start(program, [
        "--headless", "--no-remote", "--new-instance", "--profile", writeProfile(directory, proxy),
        "--remote-debugging-port=0",
    ], {
        stdio: ["ignore", "ignore", "pipe"],
        env: { HOME: directory, TMPDIR: directory, MOZ_CRASHREPORTER_DISABLE: "1", LANG: "C.UTF-8",
               MOZ_REMOTE_SETTINGS_DEVTOOLS: "1" },
    });
    const entries = [];
    const bidi = new BiDi(({ method, params }) => {
        if (method !== "log.entryAdded") return;
        const { type, level, text, stackTrace } = params;
        entries.push({ source: type, level, text, url: stackTrace?.callFrames?.[0]?.url ?? null });
    });
    exited.then((why) => bidi.fail(new Error(`firefox ended: ${why}`)));
    try {
        const context = await within(60, openPage(bidi, child, url), "firefox's start");
        return {
            exited,
            /* What the console got since the last call. The page's messages come in order, so
             * when a script of its own has run they are all here. */
            async console() {
                await bidi.send("script.evaluate", {
                    expression: "0", awaitPromise: false,
                    target: { context, sandbox: "laboratory" },
                });
                return inOrder(entries.splice(0));
            },
            close: kill,
        };
    } catch (error) {
        await kill();
        throw error;
    }
}

export const aside = () => false;
