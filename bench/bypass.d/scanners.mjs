/* Two scanners for CORS, as far as what they send as Origin and what they call a finding goes:
 * CORScanner (https://github.com/chenjj/CORScanner at 593043f, common/corscheck.py, origins.json)
 * and Corsy (https://github.com/s0md3v/Corsy at 2985ae2, core/tests.py). Facts about them, in our
 * own code. Both make their origins of the scanned URL; here every origin that is meant is scanned,
 * which is more than a user would know to do. Both stop at their first finding; here they go on. */
import { ask, samplesOf } from "./validators.mjs";

const withoutPort = (authority) => authority.split(":")[0];

function partsOf({ origin, domain }) {
    const [scheme, authority] = origin.split("://");
    return { scheme, authority, host: withoutPort(authority), domain };
}

const SPECIAL = ["_", "-", '"', "{", "}", "+", "^", "%60", "!", "~", "`", ";", "|", "&", "'", "(",
                 ")", "*", ",", "$", "=", "+", "%0b"];
const THIRD_PARTIES = ["https://whatever.github.io", "http://jsbin.com", "https://codepen.io",
                       "https://jsfiddle.net", "http://www.webdevout.net", "https://repl.it"];

function corscannerSends(target) {
    const { scheme, host, domain } = partsOf(target);
    const lastDot = host.lastIndexOf(".");
    const unescaped = lastDot < 0 ? host : `${host.slice(0, lastDot)}a${host.slice(lastDot + 1)}`;
    const hosts = ["evil.com", `${host}.evil.com`, `evil${domain}`, null, domain.slice(1),
                   unescaped, ...THIRD_PARTIES,
                   ...SPECIAL.map((special) => `${host}${special}.evil.com`), `evil.${host}`];
    const origins = hosts.map((one) => one === null ? "null"
        : THIRD_PARTIES.includes(one) ? one : `${scheme}://${one}`);
    return scheme === "https" ? [...origins, `http://${host}`] : origins;
}

/* It compares without case, and without the answer's port. */
function corscannerFinds({ origin, answer }) {
    if (answer === null) return false;
    const [, scheme = "", authority = ""] = /^([^:/]*):\/\/([^/?#]*)/.exec(answer) ?? [];
    const seen = origin === "null" ? answer : `${scheme}://${withoutPort(authority)}`;
    return seen.toLowerCase() === origin.toLowerCase();
}

function corsySends(target) {
    const { scheme, authority: root } = partsOf(target);
    const origins = [`${scheme}://example.com`, `${scheme}://${root}.example.com`,
                     `${scheme}://d3v${root}`, "null", `${scheme}://${root}_.example.com`,
                     `${scheme}://${root}%60.example.com`];
    if (root.split(".").length > 2) origins.push(`${scheme}://${root.replace(".", "x")}`);
    return [...origins, `http://${root}`];
}

/* Of the last it takes any answer with http for a finding, or one that names somebody else. */
function corsyFinds({ origin, answer }, target, isLast) {
    if (answer === null) return false;
    if (origin.includes("%60")) return answer.includes("`.example.com");
    if (!isLast) return answer === origin;
    const { authority } = partsOf(target);
    return answer === "*" || answer.startsWith("http://") ||
        answer.includes("://") && partsOf({ origin: answer }).authority !== authority;
}

export const scanners = {
    corscanner: { sends: corscannerSends, finds: corscannerFinds },
    corsy: { sends: corsySends, finds: corsyFinds },
};

/* What a scanner says of a check: one run, as it has no randomness. Corsy begins with the scanned
 * host as Origin, and gives up where there is no answer to that. */
export async function scan(scanner, program, check) {
    const { sends, finds } = scanners[scanner];
    const began = performance.now();
    const samples = samplesOf(check).filter((origin) => origin !== "null");
    const targets = await ask(program, check, samples);
    const witnesses = [];
    let executions = 0;
    for (const target of targets) {
        if (scanner === "corsy" && ++executions && target.answer === null) continue;
        const answers = await ask(program, check, sends(target));
        for (const [i, answer] of answers.entries()) {
            executions++;
            if (finds(answer, target, i === answers.length - 1))
                witnesses.push({ origin: answer.origin, meant: answer.meant, executions });
        }
    }
    return { executions, seconds: (performance.now() - began) / 1000, witnesses };
}
