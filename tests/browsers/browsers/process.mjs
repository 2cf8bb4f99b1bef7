/* Processes and folders that do not outlive the laboratory. Invariants: each process leads a
 * process group, and the group is killed when it is closed, when this process exits, and when a
 * signal ends it; should this process be killed outright, the kernel kills the browser
 * (PR_SET_PDEATHSIG, through setpriv), and the next run removes the folder it left. */
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const PREFIX = "corsim-laboratory-";

const groups = new Set();
const directories = new Set();

function killGroup(pid) {
    try {
        process.kill(-pid, "SIGKILL");
    } catch {
        /* It is gone. */
    }
}

/* A browser that is just dying may still write into its profile. */
function remove(directory) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function cleanUp() {
    for (const pid of groups) killGroup(pid);
    groups.clear();
    for (const directory of directories) remove(directory);
    directories.clear();
}

let watching = false;

function watch() {
    if (watching) return;
    watching = true;
    process.on("exit", cleanUp);
    for (const signal of SIGNALS) {
        const end = () => {
            cleanUp();
            process.removeListener(signal, end);
            process.kill(process.pid, signal);
        };
        process.on(signal, end);
    }
}

function isRunning(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === "EPERM";
    }
}

function removeLeftovers() {
    for (const name of readdirSync(tmpdir())) {
        const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
        if (pid !== undefined && !isRunning(Number(pid))) remove(join(tmpdir(), name));
    }
}

/* A folder of our own, removed at the end. */
export function makeDirectory() {
    watch();
    removeLeftovers();
    const directory = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    directories.add(directory);
    return directory;
}

export function removeDirectory(directory) {
    directories.delete(directory);
    remove(directory);
}

/* The path of a program, or null. */
export function findProgram(...names) {
    const folders = (process.env.PATH ?? "").split(delimiter);
    const paths = names.flatMap((name) =>
        name.includes("/") ? [name] : folders.map((folder) => join(folder, name)));
    const runs = (path) => {
        try {
            accessSync(path, constants.X_OK);
            return true;
        } catch {
            return false;
        }
    };
    return paths.find(runs) ?? null;
}

export function missing(what) {
    return Object.assign(new Error(what), { missing: true });
}

/* What starts `program`: dying with us where the system can do that. */
function command(program, args) {
    const setpriv = findProgram("setpriv");
    return setpriv === null ? [program, args]
                            : [setpriv, ["--pdeathsig", "KILL", "--", program, ...args]];
}

/* { child, exited (resolves to why), kill() }. `stdio` and `env` as for spawn. */
export function start(program, args, { stdio, env }) {
    watch();
    const child = spawn(...command(program, args),
                        { stdio, env: { ...process.env, ...env }, detached: true });
    const exited = new Promise((resolve) => {
        child.on("error", (error) => resolve(error.message));
        child.on("exit", (code, signal) => resolve(signal ?? `exit status ${code}`));
    });
    if (child.pid !== undefined) groups.add(child.pid);
    for (const stream of child.stdio) stream?.on?.("error", () => {});
    return {
        child,
        exited,
        async kill() {
            if (child.pid === undefined) return;
            killGroup(child.pid);
            groups.delete(child.pid);
            await exited;
        },
    };
}

/* Rejects when a promise takes too long. */
export async function within(seconds, promise, what) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what}: nothing after ${seconds} s`)),
                           seconds * 1000);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}
