/* Plays situations in a real browser and reports what script saw, what came over the wire and what
 * the console says. A proxy is the browser's whole network (proxy.mjs); each situation is a page
 * (page.mjs) that runs its steps and then goes on to the next situation by itself, so that one
 * start of the browser plays hundreds. Invariants: a browser plays one situation at a time, and
 * every request is of it, of the laboratory (/__lab/), or refused with 502; every situation given
 * to play() is reported, if need be as a problem; nothing goes beyond loopback. Responses are in the
 * situation, or come from real servers on loopback (relay.mjs). */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Answers, isPreflight } from "./answers.mjs";
import { makeDirectory, removeDirectory, within } from "./browsers/process.mjs";
import { makeCertificate } from "./certificate.mjs";
import { CONTROL, documentOf, pageOf, visitDocument, waitingDocument } from "./page.mjs";
import { Proxy } from "./proxy.mjs";
import { relay } from "./relay.mjs";

const HOME = "home.laboratory.example";

const SECONDS_A_SITUATION = 10;
const SECONDS_TO_START = 60;
const SECONDS_TO_GO_ON = 15;
const LONGEST_WAIT = 12;
const MOST_STARTS = 4;

/* After this time an open request for the next situation is answered, lest the browser give up. */
const SECONDS_TO_HOLD = 20;

const ENGINES = ["chromium", "firefox", "webkit"];

const waitOf = ({ steps }) =>
    steps.reduce((sum, step) => sum + (step.op === "wait" ? step.seconds : 0), 0);

/* Whether a host name is one of the situation's: its id is between other characters of names. */
function belongs(host, { id, hosts }) {
    return new RegExp(`(^|[^a-z0-9])${id}([^a-z0-9]|$)`).test(host.toLowerCase()) ||
        (hosts ?? []).includes(host);
}

/* Why a situation cannot be played, or null. */
function reasonNotToPlay(situation) {
    if (!/^[a-z0-9-]+$/.test(situation.id)) return "its id can be no part of a host name";
    if (waitOf(situation) > LONGEST_WAIT)
        return `it waits ${waitOf(situation)} s, and ${LONGEST_WAIT} s is the most that is played`;
    try {
        return belongs(new URL(pageOf(situation)).hostname, situation)
            ? null : "the host of its page does not hold its id";
    } catch {
        return "its page is no URL";
    }
}

/* One situation while it is played. */
class Performance {
    constructor(situation) {
        this.situation = situation;
        this.page = pageOf(situation);
        this.fetches = situation.steps.filter(({ op }) => op !== "wait");
        this.steps = [];
        this.told = 0; /* of how many steps the page has spoken */
        this.visits = [...(situation.visits ?? [])];
        this.loaded = false;
        this.begin();
    }

    /* The wire and the answers of the step that comes now. */
    begin() {
        this.wire = [];
        this.answers = new Answers(this.fetches[this.steps.length]?.responses);
    }

    get complete() {
        return this.steps.length === this.fetches.length;
    }

    /* Whether no connection is ever closed without an answer. Then those of the laboratory's own
     * traffic may be used again; else a browser would try again on a fresh one. */
    get steady() {
        return !this.fetches.some(({ responses }) => responses?.some(({ error }) => error));
    }

    /* Where the browser goes first, or now. */
    get address() {
        return this.visits[0]?.url ?? this.page;
    }

    isVisit({ method, url }) {
        return method === "GET" && url === this.visits[0]?.url;
    }

    isPage({ method, url }) {
        return !this.loaded && this.visits.length === 0 && method === "GET" && url === this.page;
    }

    /* What a browser asks for by itself, whatever the page says. */
    isIcon({ method, url }) {
        return method === "GET" && /\/favicon\.ico$/.test(url) &&
            !JSON.stringify(this.fetches).includes("favicon.ico");
    }

    async answer(request) {
        const { method, url, headers, body } = request;
        const preflight = isPreflight(method, headers);
        const port = this.situation.servers?.[request.host];
        const before = this.wire.at(-1);
        const retry = before?.error === true && before.method === method && before.url === url;
        const sent = { method, url, headers, body, preflight, error: false,
                       ...(retry ? { retry } : {}) };
        this.wire.push(sent);
        const response = port === undefined ? this.answers.answer({ preflight, url })
                                            : await relay(request, port);
        sent.error = response.error === true;
        return response.error ? { abort: true } : { ...response, keepAlive: false };
    }

    finishStep(seen, console) {
        this.steps.push({ ...seen, wire: this.wire, ...console });
        this.begin();
    }
}

const NOTHING = { status: 404, statusText: "Not Found", keepAlive: false };
const HTML = ["Content-Type", "text/html"];
const NO_STORE = ["Cache-Control", "no-store"];

/* ---- A browser and what plays in it ------------------------------------------------------- */

class Stage {
    constructor(laboratory, name) {
        Object.assign(this, { laboratory, name, browser: null, performance: null, held: null });
        this.query = `stage=${name}`;
        this.opened = 0;
        this.failures = 0;
    }

    /* Sees to it that the next situation is played, if there is one. */
    wake() {
        if (this.performance !== null || this.laboratory.queue.length === 0) return;
        if (this.held !== null) this.perform();
        else if (this.browser === null) this.start();
        else this.watch(SECONDS_TO_HOLD + SECONDS_TO_GO_ON, "the browser does not go on");
    }

    async start() {
        const { module, found, port, directory, log } = this.laboratory;
        const room = join(directory, `${this.name}-${this.opened++}`);
        mkdirSync(room);
        this.browser = module.open({ ...found, log, directory: room, proxy: `127.0.0.1:${port}`,
                                     url: `http://${HOME}${CONTROL}next?${this.query}` });
        const opening = this.browser;
        this.watch(SECONDS_TO_START + SECONDS_TO_GO_ON, "the browser does not ask what to play");
        try {
            const browser = await within(SECONDS_TO_START, opening, "the browser's start");
            browser.exited.then((why) => {
                if (this.browser === opening) this.restart(`the browser ended: ${why}`);
            });
        } catch (error) {
            if (this.browser === opening) this.restart(error.message);
        }
    }

    /* Reports what is being played as a problem, and goes on in a fresh browser. */
    async restart(problem) {
        const { browser, performance } = this;
        clearTimeout(this.timer);
        Object.assign(this, { browser: null, performance: null, held: null });
        this.laboratory.log(`${performance?.situation.id ?? this.name}: ${problem}`);
        await this.closeBrowser(browser);
        if (performance !== null) this.laboratory.report(performance, problem);
        else if (++this.failures >= MOST_STARTS) return this.laboratory.fail(new Error(problem));
        this.wake();
    }

    async closeBrowser(opening) {
        try {
            await (await opening)?.close();
        } catch {
            /* It never opened. */
        }
    }

    watch(seconds, what) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.restart(`${what} (${seconds} s)`), seconds * 1000);
    }

    /* The browser asks what to play: a reply, at once or when there is something. */
    next() {
        clearTimeout(this.timer);
        if (this.performance !== null) this.leave();
        return new Promise((resolve) => {
            const held = (reply) => {
                clearTimeout(timer);
                if (this.held === held) this.held = null;
                resolve(reply);
            };
            const timer = setTimeout(() => {
                held({ status: 200, headers: [HTML, NO_STORE], body: waitingDocument(this.query) });
                this.wake();
            }, SECONDS_TO_HOLD * 1000);
            this.held = held;
            this.wake();
        });
    }

    leave() {
        const { performance } = this;
        this.performance = null;
        this.laboratory.report(performance, performance.complete ? null : "its page ended early");
    }

    perform() {
        const situation = this.laboratory.queue.shift();
        this.failures = 0;
        this.performance = new Performance(situation);
        this.watch(SECONDS_A_SITUATION + waitOf(situation), "it does not end");
        this.held({ status: 302, statusText: "Found", keepAlive: false,
                    headers: [["Location", this.performance.address], NO_STORE] });
    }

    /* A request for a host of what is being played. */
    answer(request) {
        const { performance } = this;
        if (performance.isVisit(request)) {
            const { setCookie } = performance.visits.shift();
            return { status: 200, statusText: "OK", keepAlive: performance.steady,
                     headers: [HTML, NO_STORE, ...setCookie.map((value) => ["Set-Cookie", value])],
                     body: visitDocument(performance.address) };
        }
        if (performance.isPage(request)) {
            const { situation, steady } = performance;
            performance.loaded = true;
            return { status: 200, statusText: "OK", keepAlive: steady,
                     headers: [HTML, NO_STORE, ...(situation.pageHeaders ?? [])],
                     body: documentOf(situation, this.query) };
        }
        if (performance.complete || performance.isIcon(request)) return NOTHING;
        return performance.answer(request);
    }

    /* The page says what a step gave, perhaps more than once. */
    async step(number, text) {
        const { performance } = this;
        if (performance === null) return NOTHING;
        const reply = { status: 200, statusText: "OK", keepAlive: performance.steady,
                        headers: [NO_STORE, ["Cross-Origin-Resource-Policy", "cross-origin"]] };
        if (number < performance.told) return reply;
        performance.told = number + 1;
        const entries = await this.console();
        if (this.performance !== performance) return NOTHING;
        performance.finishStep(JSON.parse(Buffer.from(text, "latin1").toString("utf8")), entries);
        return reply;
    }

    /* What the console got: the texts, and apart those that say nothing about CORS. */
    async console() {
        const { aside } = this.laboratory.module;
        let entries = [];
        try {
            entries = await (await this.browser)?.console() ?? [];
        } catch (error) {
            this.laboratory.log(`console: ${error.message}`);
        }
        return {
            console: entries.filter((entry) => !aside(entry)).map(({ text }) => text),
            consoleAside: entries.filter((entry) => aside(entry)).map(({ text }) => text),
            consoleEntries: entries,
        };
    }

    async close() {
        const { browser } = this;
        clearTimeout(this.timer);
        Object.assign(this, { browser: null, performance: null });
        this.held?.({ abort: true });
        await this.closeBrowser(browser);
    }
}

/* ---- The laboratory ----------------------------------------------------------------------- */

class Laboratory {
    constructor(engine, module, found, log) {
        Object.assign(this, { engine, module, found, log });
        this.version = found.version;
        /* Response headers of the laboratory's own that script could read. */
        this.adds = [];
        /* Host names that were asked for and belong to nothing, with how often. */
        this.foreign = new Map();
        this.queue = [];
        this.played = new Set();
        this.stages = [];
    }

    async open(stages) {
        this.directory = makeDirectory();
        this.proxy = new Proxy({
            certificate: await makeCertificate(this.directory),
            answer: (request) => this.answer(request),
            admits: (host) => this.stageOf(host) !== null || this.refuse(host) === null,
            log: this.log,
        });
        this.port = await this.proxy.listen();
        for (let i = 0; i < stages; i++) this.stages.push(new Stage(this, `s${i}`));
        return this;
    }

    stageOf(host) {
        return this.stages.find(({ performance }) =>
            performance !== null && belongs(host, performance.situation)) ?? null;
    }

    /* Remembers a host that is nobody's. Late requests of what was played are no news. */
    refuse(host) {
        for (const id of this.played) if (belongs(host, { id })) return "late";
        const count = this.foreign.get(host) ?? 0;
        if (count === 0) this.log(`the browser asks for ${JSON.stringify(host)}: refused`);
        this.foreign.set(host, count + 1);
        return "foreign";
    }

    async answer(request) {
        const { pathname, searchParams } = new URL(request.url, "http://nowhere.example/");
        if (pathname.startsWith(CONTROL)) {
            const stage = this.stages.find(({ name }) => name === searchParams.get("stage"));
            if (pathname === `${CONTROL}next` && stage) return stage.next();
            if (pathname === `${CONTROL}step` && stage)
                return stage.step(Number(searchParams.get("number")), request.body);
            return NOTHING;
        }
        const stage = this.stageOf(request.host);
        if (stage !== null) return stage.answer(request);
        this.refuse(request.host);
        return { status: 502, statusText: "Bad Gateway", keepAlive: false };
    }

    report(performance, problem) {
        const { situation, steps } = performance;
        this.played.add(situation.id);
        this.finish?.(situation, { id: situation.id, steps, ...(problem ? { problem } : {}) });
    }

    fail(error) {
        this.queue.length = 0;
        this.abandon?.(error);
    }

    /* Plays all; the observations are in the order of the situations. */
    async play(situations, onObservation = () => {}) {
        const observations = new Map();
        await new Promise((resolve, reject) => {
            this.abandon = reject;
            this.finish = (situation, observation) => {
                observations.set(situation, observation);
                onObservation(observation);
                if (observations.size === situations.length) resolve();
            };
            if (situations.length === 0) resolve();
            for (const situation of situations) {
                const reason = reasonNotToPlay(situation);
                if (reason === null) this.queue.push(situation);
                else this.finish(situation, { id: situation.id, steps: [], problem: reason });
            }
            for (const stage of this.stages) stage.wake();
        });
        return situations.map((situation) => observations.get(situation));
    }

    async close() {
        this.queue.length = 0;
        await Promise.all(this.stages.map((stage) => stage.close()));
        this.proxy.close();
        removeDirectory(this.directory);
    }
}

/* engine: chromium, firefox or webkit. `stages` is how many browsers play at the same time. Throws
 * an error with `missing` true when the browser, or something it needs, is not installed. */
export async function openLaboratory(engine, { log = () => {}, stages } = {}) {
    if (!ENGINES.includes(engine)) throw new Error(`there is no engine ${engine}`);
    const module = await import(`./browsers/${engine}.mjs`);
    const laboratory = new Laboratory(engine, module, await module.find(), log);
    return laboratory.open(stages ?? module.STAGES ?? 1);
}
