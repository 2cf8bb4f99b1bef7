/* What is tried as a host, and what the outcome is called. A byte of ASCII is tried in a label at
 * each place where it could matter, as itself and percent-encoded; a shape is one authority. Ids
 * and texts are those of spec-tables/host-bytes.tsv and host-shapes.tsv. */

const SCHEMES = ["http", "https"];
const SITE = "hosts.example";

export const hexOf = (byte) => byte.toString(16).toUpperCase().padStart(2, "0");

/* What ends a host or is taken out of a URL, so that only percent-encoded it could be in one. */
const isDelimiter = (byte) => byte < 0x20 || byte === 0x7F || "#%/:?@\\".includes(charOf(byte));
const charOf = (byte) => String.fromCharCode(byte);
const isAlphanumeric = (byte) => /[A-Za-z0-9]/.test(charOf(byte));

/* [what, before, the byte as written, behind] */
function spellings(byte) {
    const [raw, encoded] = [charOf(byte), `%${hexOf(byte)}`];
    if (isDelimiter(byte)) return [["encoded", "q", encoded, "z"]];
    const middle = ["middle", "q", raw, "z"];
    if (isAlphanumeric(byte)) return [middle];
    return [middle, ["encoded", "q", encoded, "z"], ["start", "", raw, "z"], ["end", "q", raw, ""],
            ["alone", "", raw, ""]];
}

/* One of the words of host-bytes.tsv. */
function wordOfByte(byte, { before, behind }, { hostname, asked, origin, start }) {
    if (hostname === null) return "rejected";
    if (origin === null) return "unloadable";
    const host = origin.replace(/^https?:\/\//, "");
    const forms = { "as-is": charOf(byte), escaped: `%${hexOf(byte)}`,
                    lowered: charOf(byte).toLowerCase() };
    for (const [word, form] of Object.entries(forms)) {
        if (host !== `${before}${form}${behind}.${SITE}`) continue;
        return before !== "" && asked === before ? "cut" : word;
    }
    return `${start} gives ${origin}`;
}

/* All places give one word; what cuts a host off needs something before it. */
function wordOf(words) {
    const different = new Map(words.map(({ place, word }) => [word, place]));
    if (different.size === 1) return words[0].word;
    const cut = words.every(({ place, word }) =>
        word === (place === "start" || place === "alone" ? "unloadable" : "cut"));
    return cut ? "cut" : words.map(({ place, word }) => `${place}: ${word}`).join(", ");
}

export function byteProbes() {
    return SCHEMES.flatMap((scheme) => [...Array(128).keys()].flatMap((byte) =>
        spellings(byte).map(([place, before, written, behind]) => ({
            key: hexOf(byte), byte, scheme, place, before, behind, fragile: charOf(byte) === ";",
            start: `${scheme}://${before}${written}${behind}.${SITE}`,
        }))));
}

/* "a<63>" is 63 times "a", and \u{...} a code point. */
export const expand = (text) => text
    .replace(/(.)<(\d+)>/g, (_, character, count) => character.repeat(Number(count)))
    .replace(/\\u\{([0-9A-F]+)\}/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));

/* Long runs of one letter are written short again. */
const shorten = (text) =>
    text.replace(/([a-z])\1{9,}/g, (run) => `${run[0]}<${run.length}>`);

export const shapeProbes = (rows) =>
    SCHEMES.flatMap((scheme) => rows.filter((row) => ["any", scheme].includes(row.scheme))
        .map(({ shape, authority }) => ({
            key: shape, scheme, fragile: /;|FF1B/.test(authority),
            start: `${scheme}://${expand(authority)}`,
        })));

function wordOfShape({ hostname, origin, asked }) {
    if (hostname === null) return "(rejected)";
    if (origin === null) return "(unloadable)";
    const cut = asked !== null && asked !== hostname && !asked.includes("%");
    return shorten(origin.replace(/^https?:\/\//, "")) + (cut ? ` (asked ${asked})` : "");
}

/* [{ key, scheme, word }] of what was measured. */
export function wordsOf(results) {
    const groups = new Map();
    for (const result of results) {
        const name = `${result.key} ${result.scheme}`;
        const word = result.byte === undefined ? wordOfShape(result)
            : wordOfByte(result.byte, result, result);
        groups.set(name, [...groups.get(name) ?? [], { ...result, word }]);
    }
    return [...groups.values()].map((group) =>
        ({ key: group[0].key, scheme: group[0].scheme,
           word: group[0].byte === undefined ? group[0].word : wordOf(group) }));
}
