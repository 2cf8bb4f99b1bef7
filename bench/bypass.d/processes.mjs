/* Child processes that end when they should. Each is in a process group of its own, which is killed
 * as a whole at its time limit, and with all others when this process is asked to end. */
import { spawn } from "node:child_process";

const MOST_OUTPUT = 1 << 24;
const SECONDS_TO_START = 60;
const SECONDS_TO_END = 2;

const running = new Set();

function killGroup({ pid }, signal) {
    try {
        process.kill(-pid, signal);
    } catch {
        /* It has ended. */
    }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => {
        for (const child of running) killGroup(child, "SIGKILL");
        process.exit(128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal]);
    });

/* Ends a child after `seconds`, which begin when `ready` says so, or at once without it. */
class Limit {
    constructor(child, seconds, ready) {
        Object.assign(this, { child, late: false });
        if (ready === undefined) this.begin(seconds);
        else this.await(seconds, ready, performance.now());
    }

    begin(seconds) {
        this.timer = setTimeout(() => {
            this.late = true;
            killGroup(this.child, "SIGTERM");
            this.timer = setTimeout(() => killGroup(this.child, "SIGKILL"), SECONDS_TO_END * 1000);
        }, seconds * 1000);
    }

    await(seconds, ready, since) {
        this.timer = setTimeout(() => {
            if (ready()) this.begin(seconds);
            else if (performance.now() - since > SECONDS_TO_START * 1000) this.begin(0);
            else this.await(seconds, ready, since);
        }, 50);
    }

    end() {
        clearTimeout(this.timer);
    }
}

/* Resolves to { status, signal, late, output, errors, seconds }. After `seconds` from when it is
 * ready it is told to end (late), and soon after made to. `watch` is called with each piece of
 * standard error. */
export function run(program, args, { input = "", seconds = 600, ready, env = {}, cwd,
                                     watch } = {}) {
    return new Promise((resolve, reject) => {
        const began = performance.now();
        const child = spawn(program, args, { cwd, detached: true, stdio: "pipe",
                                             env: { ...process.env, ...env } });
        const said = { stdout: "", stderr: "" };
        const limit = new Limit(child, seconds, ready);
        running.add(child);
        for (const name of ["stdout", "stderr"])
            child[name].setEncoding("latin1").on("data", (text) => {
                if (said[name].length < MOST_OUTPUT) said[name] += text;
                if (name === "stderr") watch?.(text);
            });
        child.stdin.on("error", () => {}).end(input);
        const finish = (end) => (...given) => {
            limit.end();
            running.delete(child);
            killGroup(child, "SIGKILL");
            end(...given);
        };
        child.on("error", finish(reject));
        child.on("close", finish((status, signal) => resolve({
            status, signal, late: limit.late, output: said.stdout, errors: said.stderr,
            seconds: (performance.now() - began) / 1000,
        })));
    });
}

/* The same, for what must succeed: its output. */
export async function succeed(program, args, options) {
    const { status, signal, output, errors } = await run(program, args, options);
    if (status === 0) return output;
    throw new Error(`${program} ${args[0] ?? ""} ended with ${status ?? signal}:\n` +
                    `${errors}${output}`.trim().split("\n").slice(-20).join("\n"));
}

/* Runs jobs, which are functions that give promises, so many at a time. */
export async function runJobs(jobs, atOnce) {
    const left = [...jobs];
    await Promise.all(Array.from({ length: atOnce }, async () => {
        for (let job; (job = left.shift()) !== undefined;) await job();
    }));
}
