/* WebKitGTK's MiniBrowser, with the laboratory's proxy as its network, on a screen of its own
 * (Xvfb). Nothing tells it what to do but its command line: the first page leads to all others.
 * Console messages are lines on stderr, written by the web process before script goes on. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, makeDirectory, missing, removeDirectory, start, within } from "./process.mjs";

const PROGRAMS = ["MiniBrowser", ...["x86_64", "aarch64", "arm", "i386"].flatMap((machine) =>
    ["4.1", "6.0", "4.0"].map((version) => version === "6.0"
        ? `/usr/lib/${machine}-linux-gnu/webkitgtk-6.0/MiniBrowser`
        : `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`))];

/* In private browsing (--private) no console message is written, so the profile is a fresh folder
 * instead. The bubblewrap sandbox needs privileges that a container lacks. */
export const FLAGS = ["--ignore-tls-errors", "--enable-write-console-messages-to-stdout=true",
               "--enable-page-cache=false", "--enable-dns-prefetching=false",
               "--enable-site-specific-quirks=false"];

export const environment = (directory, display) => ({
    DISPLAY: display, HOME: directory, TMPDIR: directory, LANG: "C.UTF-8",
    XDG_CACHE_HOME: join(directory, "cache"), XDG_CONFIG_HOME: join(directory, "config"),
    XDG_DATA_HOME: join(directory, "data"), XDG_RUNTIME_DIR: directory,
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1",
    WEBKIT_DISABLE_DMABUF_RENDERER: "1", LIBGL_ALWAYS_SOFTWARE: "1",
    NO_AT_BRIDGE: "1", GTK_A11Y: "none", GDK_BACKEND: "x11", GIO_USE_VFS: "local",
    GIO_USE_VOLUME_MONITOR: "unix", GSETTINGS_BACKEND: "memory",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/dev/null",
});

/* A screen: { display, kill() }. */
export async function openScreen(xvfb) {
    const { child, exited, kill } = start(xvfb, [
        "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp",
    ], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    const number = new Promise((resolve, reject) => {
        child.stdio[3].on("data", (text) => resolve(text.toString().trim()));
        exited.then((why) => reject(new Error(`Xvfb ended: ${why}`)));
    });
    try {
        return { display: `:${await within(20, number, "Xvfb's start")}`, kill };
    } catch (error) {
        await kill();
        throw error;
    }
}

async function versionOf(program, xvfb) {
    const directory = makeDirectory();
    const screen = await openScreen(xvfb);
    try {
        const env = { ...process.env, ...environment(directory, screen.display) };
        const { stdout } = await promisify(execFile)(program, ["--version"], { env });
        return stdout.trim();
    } finally {
        await screen.kill();
        removeDirectory(directory);
    }
}

export async function find() {
    const program = findProgram(...PROGRAMS);
    if (program === null)
        throw missing("WebKitGTK's MiniBrowser is not installed (package webkit2gtk-driver)");
    const xvfb = findProgram("Xvfb");
    if (xvfb === null) throw missing("Xvfb is not installed (package xvfb)");
    return { program, xvfb, version: await versionOf(program, xvfb) };
}

const MESSAGE = /^(?:(\S+):\d+:\d+: )?CONSOLE (\S+) (LOG|WARN|ERROR|DEBUG|INFO|TRACE) (.*)$/s;

/* Lines of other libraries: "(MiniBrowser:17): Gtk-WARNING **: ...", "libEGL warning: ...". */
const NOISE = /^\(.*:\d+\): |^\*\* |^[A-Za-z]+ (warning|error): /;

/* Console messages from stderr; a message may go on over several lines. */
function readConsole(stderr, entries) {
    let rest = "", last = null;
    stderr.setEncoding("utf8");
    stderr.on("data", (text) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop();
        for (const line of lines) {
            const [whole, url, source, level, message] = MESSAGE.exec(line) ?? [];
            if (whole !== undefined) {
                last = { source, level, text: message, url: url ?? null };
                entries.push(last);
            } else if (NOISE.test(line)) {
                last = null;
            } else if (last !== null) {
                last.text += `\n${line}`;
            }
        }
    });
}

export async function open({ program, xvfb, directory, proxy, url }) {
    const screen = await openScreen(xvfb);
    for (const name of ["cache", "config", "data"]) mkdirSync(join(directory, name));
    const { child, exited, kill } = start(program, [...FLAGS, `--proxy=http://${proxy}`, url], {
        stdio: ["ignore", "ignore", "pipe"],
        env: environment(directory, screen.display),
    });
    const entries = [];
    readConsole(child.stderr, entries);
    return {
        exited,
        /* What the console got since the last call. It was written before the page went on, so
         * what is in the pipe is read in this turn of the event loop. */
        async console() {
            await new Promise((resolve) => setImmediate(resolve));
            return entries.splice(0);
        },
        async close() {
            await kill();
            await screen.kill();
        },
    };
}

export const aside = ({ text }) => text.startsWith("Failed to load resource");
