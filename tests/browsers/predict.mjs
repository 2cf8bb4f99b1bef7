/* What corsim says about a situation, in the shape in which the laboratory reports what a browser
 * did. One `corsim session` process serves all situations; each begins with everything forgotten.
 * Session takes responses in the order in which they are asked for, and that order is the engine's
 * to choose: so a situation is played again and again, each time with one more response, until
 * nothing is missing. The core is deterministic, so the beginning never changes. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Answers } from "./answers.mjs";

const MISSING = "there is no answer left in the script";
const REFUSED = "no script could make this request";
const MOST_ROUNDS = 400;

const FIELDS = ["url", "api", "method", "mode", "credentials", "redirect", "cache", "referrer",
                "referrerPolicy", "keepalive", "useCORSPreflight", "bodyType", "body"];

/* A line of session. */
function lineOf(situation, step, responses) {
    const line = { op: "fetch", origin: situation.origin, headers: step.headers ?? [] };
    for (const key of ["page", "clientReferrerPolicy", "embedderPolicy"])
        if (situation[key] !== undefined) line[key] = situation[key];
    for (const key of FIELDS) if (step[key] !== undefined) line[key] = step[key];
    line.responses = responses.map((response) =>
        response.error
            ? { error: "the connection is closed" }
            : {
                  status: response.status,
                  statusText: response.statusText ?? "",
                  headers: response.headers ?? [],
                  body: response.body ?? "",
              });
    return line;
}

/* The body of a response is bytes, written as code points; session takes text. */
function asText(bytes) {
    return Buffer.from(bytes, "latin1").toString("utf8");
}

const bytesOf = (base64) => (base64 === null ? null : Buffer.from(base64, "base64").toString("latin1"));

/* What session answered, as an observation of a step. */
function observed(reply) {
    const step = {
        result: reply.result,
        status: reply.status,
        statusText: reply.statusText,
        url: reply.url,
        redirected: reply.redirected,
        headers: reply.headers,
        body: bytesOf(reply.body),
        wire: reply.exchanges.filter(({ fromCache }) => !fromCache).map(
            ({ method, url, headers, preflight, error }) => ({
            method,
            url,
            headers,
            preflight,
            error: error !== undefined,
        })),
        step: reply.step,
        error: reply.error,
    };
    if (Array.isArray(reply.console)) step.console = reply.console;
    if (reply.exception !== undefined) step.exception = reply.exception;
    return step;
}

/* The call itself throws: nothing is sent. */
function refused() {
    return { result: "network-error", status: 0, statusText: "", url: "", redirected: false,
             headers: [], body: null, wire: [], step: "", error: "Refused", refused: true };
}

export class Predictor {
    constructor({ corsim, engine, httpCache }) {
        this.engine = engine;
        const flags = httpCache ? ["--http-cache"] : [];
        this.child = spawn(corsim, ["session", ...flags], { stdio: ["pipe", "pipe", "inherit"] });
        this.waiting = [];
        this.child.on("error", (error) => this.fail(error));
        this.child.on("exit", (code) => this.fail(new Error(`corsim session ended (${code})`)));
        this.child.stdin.on("error", () => {});
        createInterface({ input: this.child.stdout }).on("line", (line) =>
            this.waiting.shift()?.resolve(JSON.parse(line)));
    }

    fail(error) {
        this.failed = error;
        for (const { reject } of this.waiting.splice(0)) reject(error);
    }

    ask(object) {
        if (this.failed) return Promise.reject(this.failed);
        return new Promise((resolve, reject) => {
            this.waiting.push({ resolve, reject });
            this.child.stdin.write(`${JSON.stringify(object)}\n`);
        });
    }

    async open() {
        const reply = await this.ask({ op: "engine", engine: this.engine });
        if (reply.error) throw new Error(`corsim session: ${reply.error.message}`);
        return this;
    }

    /* One round with the responses known so far: the steps, or what has to be answered next. */
    async round(situation, known) {
        this.ask({ op: "clear", what: "all" });
        for (const visit of situation.visits ?? []) this.ask({ op: "visit", ...visit });
        const replies = situation.steps.map((step, i) =>
            step.op === "wait" ? this.ask({ op: "wait", seconds: step.seconds })
                               : this.ask(lineOf(situation, step, known[i].responses)));
        const steps = [];
        for (let i = 0; i < replies.length; i++) {
            const reply = await replies[i];
            if (situation.steps[i].op === "wait") continue;
            if (reply.error?.kind === "bad-request") {
                if (!reply.error.message.startsWith(REFUSED))
                    throw new Error(`${situation.id}: corsim session: ${reply.error.message}`);
                steps.push(refused());
                continue;
            }
            const missing = reply.exchanges.find(({ error }) => error === MISSING);
            if (missing) {
                await Promise.all(replies);
                return { missing, at: i };
            }
            steps.push(observed(reply));
        }
        return { steps };
    }

    async predict(situation) {
        const known = situation.steps.map((step) => ({
            answers: new Answers(step.responses),
            responses: [],
        }));
        for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
            const { steps, missing, at } = await this.round(situation, known);
            if (steps) return { id: situation.id, steps };
            const response = known[at].answers.answer(missing);
            known[at].responses.push(
                response.error ? response : { ...response, body: asText(response.body ?? "") });
        }
        throw new Error(`${situation.id}: more than ${MOST_ROUNDS} responses were asked for`);
    }

    close() {
        this.child.removeAllListeners("exit");
        this.child.stdin.end();
    }
}

export async function openPredictor(options) {
    return new Predictor(options).open();
}
