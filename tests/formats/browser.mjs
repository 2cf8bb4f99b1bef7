/* browser.mjs EXAMPLE CORSIM: the HTML report of `corsim audit` in Chromium. Whatever a server sends,
 * no script of it runs and nothing is loaded: once as it is, and once without the report's own policy,
 * so that it is the escaping that holds. Made-up results have attacks in every place; the audit of a
 * server that attacks has them where they come through. The page is also what people and their tools need: a
 * language, a title, headings in order, words for each picture, links within it that lead
 * somewhere, and colours for light and dark that can be read. Exit status: 0 so it is, 1 not, 77
 * Chromium is not installed. */
import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { find, open } from "../browsers/browsers/chromium.mjs";
import { makeDirectory, within } from "../browsers/browsers/process.mjs";

const SKIP = 77;
const [example, corsim] = process.argv.slice(2);
const directory = makeDirectory();
let wrong = 0;

function say(what) {
    console.log(what);
    wrong++;
}

/* The browser's whole network: it notes what is asked for, and closes. */
const asked = [];
const network = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
        asked.push(bytes.toString("latin1").split("\r\n")[0]);
        socket.destroy();
    });
});
await new Promise((resolve) => network.listen(0, "127.0.0.1", resolve));

/* What is looked at in the page. Contrast is that of WCAG 2.1, section 1.4.3. */
const LOOK = `(async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const all = [...document.querySelectorAll("*")];
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((value) => {
            const part = value / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (!/^rgba\\(.*, 0\\)$/.test(colour)) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const contrast = (element) => {
        const style = getComputedStyle(element);
        const over = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
        const [a, b] = [light(over), light(behind(element))].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    };
    return {
        hostile: window.hostile ?? null,
        address: location.href,
        names: [...new Set(all.map((element) => element.localName))].sort(),
        active: all.flatMap((element) => element.getAttributeNames().filter((name) =>
            /^on/.test(name) || ["src", "srcdoc", "srcset", "action", "xlink:href", "background",
                                 "data", "poster", "ping"].includes(name))),
        links: [...document.querySelectorAll("[href]")].map((a) => a.getAttribute("href")),
        lost: [...document.querySelectorAll("[href^='#'],[aria-labelledby],[aria-describedby]")]
            .flatMap((a) => [a.getAttribute("href")?.slice(1), a.getAttribute("aria-labelledby"),
                             a.getAttribute("aria-describedby")])
            .filter((id) => id && !document.getElementById(id)),
        twice: all.map(({ id }) => id).filter((id, i, ids) => id && ids.indexOf(id) !== i),
        language: document.documentElement.lang,
        title: document.title,
        levels: [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((h) => +h.localName[1]),
        nameless: [...document.querySelectorAll("svg")].filter((svg) =>
            svg.getAttribute("role") !== "img" || !svg.querySelector("title")?.textContent ||
            !svg.querySelector("desc")?.textContent).length,
        diagrams: document.querySelectorAll("svg").length,
        pale: [...new Set(all.filter((element) => element.closest("body") &&
            [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) &&
            !["title", "desc"].includes(element.localName) && contrast(element) < 4.5)
            .map((element) => element.localName + "." + element.getAttribute("class")))],
        wide: document.documentElement.scrollWidth > window.innerWidth,
        outside: [...document.querySelectorAll("svg text")].filter((text) => {
            const { left, right } = text.getBoundingClientRect();
            const svg = text.ownerSVGElement.getBoundingClientRect();
            return left < svg.left - 1 || right > svg.right + 1;
        }).length,
        text: document.body.innerText,
    };
})()`;

const NAMES = new Set(("a article body code dd desc details dl dt figure h1 h2 h3 h4 head header html li " +
    "main meta ol p path pre rect section span style summary svg table tbody td text th thead title " +
    "tr").split(" "));

function judge(name, seen, { diagrams, has }) {
    const must = (holds, what) => holds || say(`${name}: ${what}`);
    must(seen.hostile === null, `a script of the server ran (${seen.hostile})`);
    must(seen.names.every((one) => NAMES.has(one)), `elements: ${seen.names}`);
    must(seen.active.length === 0, `attributes: ${seen.active}`);
    must(seen.links.every((link) => /^(#|https:\/\/fetch\.spec\.whatwg\.org\/)/.test(link)),
         `links: ${seen.links}`);
    must(seen.lost.length === 0, `ids that are not there: ${seen.lost}`);
    must(seen.twice.length === 0, `ids that are there twice: ${seen.twice}`);
    must(seen.language === "en" && seen.title.startsWith("CORS audit of "), `title ${seen.title}`);
    must(seen.levels[0] === 1 && seen.levels.every((level, i) =>
        i === 0 || (level > 1 && level <= seen.levels[i - 1] + 1)), `headings: ${seen.levels}`);
    must(seen.nameless === 0, `${seen.nameless} pictures without words`);
    must(seen.diagrams === (diagrams ?? seen.diagrams), `${seen.diagrams} diagrams, not ${diagrams}`);
    must(seen.pale.length === 0, `hard to read: ${seen.pale}`);
    must(!seen.wide, "it is wider than the window");
    must(seen.outside === 0, `${seen.outside} texts leave their diagram`);
    for (const text of has) must(seen.text.includes(text), `no "${text}"`);
}

async function look(program, file) {
    const url = pathToFileURL(file).href;
    const browser = await open({ program, directory, url, proxy: `127.0.0.1:${network.address().port}` });
    try {
        for (let i = 0; i < 100; i++) {
            const ready = await browser.evaluate("document.readyState + location.protocol");
            if (ready === "completefile:") break;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        const light = await within(30, browser.evaluate(LOOK), "the page");
        await browser.emulate("dark");
        return [light, await within(30, browser.evaluate(LOOK), "the page in the dark")];
    } finally {
        await browser.close();
    }
}

const PAGES = {
    found: { diagrams: 5, has: ["Any origin is let in", "\treturn '\\.d';", "any.case", "blocked"] },
    hostile: { diagrams: 5, has: ["<script>window.hostile=1</script>", "\\x1b[31mred"] },
    nothing: { diagrams: 3, has: ["nothing was found"] },
    "dry-run": { diagrams: 0, has: ["What would be sent"] },
    audited: { has: ["<script>window.hostile=1</script>", "Every site can read", "\\x1b[31m"] },
    unreachable: { diagrams: 2, has: ["the server could not be reached"] },
};

const ATTACK = "\"'><script>window.hostile=1</script><img src=http://evil.test/a onerror=window.hostile=2>" +
    "\x1b[31m\x9b\xe2\x80\xae\xff";

/* An audit of a server that puts the attack into every header that is shown, and lets everybody in. */
async function auditOfAttacker() {
    const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.on("data", (bytes) => {
            const origin = /^origin: *(.*)\r$/im.exec(bytes.toString("latin1"))?.[1] ?? "*";
            socket.end(Buffer.from([
                `HTTP/1.1 200 ${ATTACK}`, `Access-Control-Allow-Origin: ${origin}`,
                "Access-Control-Allow-Credentials: true", `Access-Control-Allow-Methods: ${ATTACK}`,
                `Access-Control-Allow-Headers: ${ATTACK}`, `Access-Control-Expose-Headers: ${ATTACK}`,
                `Vary: ${ATTACK}`, `Server: ${ATTACK}`, `X-Powered-By: ${ATTACK}`, `ETag: ${ATTACK}`,
                `Set-Cookie: a=${ATTACK}; Domain=${ATTACK}`, `${ATTACK.slice(0, 40)}: 1`,
                `Content-Type: ${ATTACK}`, "Content-Length: 2", "Connection: close", "", "{}",
            ].join("\r\n"), "latin1"));
        });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${server.address().port}/me`;
    const audit = promisify(execFile)(corsim, ["audit", url, "--origin", "https://app.example.com",
        "--credentials", "-X", "PUT", "--no-hunt", "--format", "html"], { maxBuffer: 1 << 26 });
    const { stdout } = await audit.catch((error) => error);
    server.close();
    return stdout;
}

async function main() {
    const { program } = await find();
    const audited = await auditOfAttacker();
    for (const [kind, expected] of Object.entries(PAGES)) {
        const page = kind === "audited" ? audited : execFileSync(
            example, [kind, "html"], { encoding: "utf8", maxBuffer: 1 << 26 });
        const bare = page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
        const pages = kind === "hostile" || kind === "audited" ? { [kind]: page, [`${kind}, without policy`]: bare }
                                         : { [kind]: page };
        if (bare === page) say(`${kind}: no policy`);
        for (const [name, text] of Object.entries(pages)) {
            const file = join(directory, `${kind}.html`);
            writeFileSync(file, text);
            const [light, dark] = await look(program, file);
            judge(name, light, expected);
            judge(`${name}, dark`, dark, expected);
        }
    }
    /* The judge can say no. */
    const file = join(directory, "attack.html");
    writeFileSync(file, "<p>a<script>window.hostile=1</script><img src=http://evil.test/a>");
    const [attack] = await look(program, file);
    if (attack.hostile !== 1 || !asked.some((line) => line.includes("evil.test")))
        say("an attack that succeeds is not noticed");
    const loaded = asked.filter((line) => line.includes("evil.test"));
    if (loaded.length > 1 || loaded.some((line) => !line.includes("evil.test/a ")))
        say(`loaded: ${loaded}`);
}

try {
    await main();
} catch (error) {
    console.log(error.missing ? `SKIP: ${error.message}` : error.stack);
    wrong = error.missing ? -1 : wrong + 1;
}
network.close();
if (wrong === 0) console.log("the reports load nothing, run nothing, and can be read");
process.exit(wrong < 0 ? SKIP : wrong > 0 ? 1 : 0);
