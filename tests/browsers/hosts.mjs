/* Holds spec-tables/host-bytes.tsv and host-shapes.tsv against a browser: of every byte of
 * ASCII and every shape of a host, whether a page of it can be loaded and what `Origin` its
 * fetches carry.
 *
 *     node hosts.mjs [--engine chromium|firefox|webkit|all] [--tables FOLDER] [--write]
 *
 * --write prints both tables with the engine's column as measured. Exit status: 0 as the tables
 * say, 1 not, 2 usage, 77 a browser is not installed (and nothing is wrong with the others). */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure } from "./hosts/measure.mjs";
import { byteProbes, shapeProbes, wordsOf } from "./hosts/probes.mjs";
import { readTable, withMeasured, writeTable } from "./hosts/table.mjs";

const ENGINES = ["chromium", "firefox", "webkit"];

/* What is otherwise behind a proxy: WebKitGTK asks the host before the ";" there as well, but its
 * request line says "(null)" in place of the URL. Without a proxy the page loads, and its fetches
 * carry the origin with the ";". */
const BEHIND_A_PROXY = [{ engine: "webkit", key: "3B", scheme: "http", word: "unloadable",
                          table: "cut" }];

function asWithoutProxy(engine, { key, scheme, word }) {
    const other = BEHIND_A_PROXY.find((one) => one.engine === engine && one.key === key &&
                                      one.scheme === scheme && one.word === word);
    return { key, scheme, word: other?.table ?? word };
}

/* Every host that was asked for a page is asked by a fetch, too; the page knows itself by the
 * origin that it sends; and what is no URL is not fetched. */
function oddities(results) {
    return results.filter(({ hostname, origin, self, readable, asked, target, fetched }) =>
        hostname === null ? fetched || origin !== null
            : origin !== null && (self !== origin || !readable || asked !== target));
}

function differences(tables, engine, words) {
    return tables.flatMap((table) => table.rows.flatMap((row) => {
        const key = row[table.columns[0]];
        return words.filter((one) => one.key === key && ["any", one.scheme].includes(row.scheme))
            .filter(({ word }) => word !== row[engine])
            .map(({ scheme, word }) =>
                `${engine}: ${key} ${scheme}: ${word}; the table says ${row[engine]}`);
    }));
}

/* What is measured; and what of it is not as the tables say. */
async function look(engine, tables, probes) {
    const measured = await measure(engine, probes);
    const words = wordsOf(measured.results).map((one) => asWithoutProxy(engine, one));
    const complaints = differences(tables, engine, words).concat(oddities(measured.results)
        .map(({ key, scheme, start }) => `${engine}: ${key} ${scheme}: ${start} is fetched as what it is not`));
    return { version: measured.version, words, complaints };
}

/* On a machine that has no time a page does not load in time: what differs counts if it does so twice. */
async function lookTwice(engine, tables, probes) {
    const seen = await look(engine, tables, probes);
    if (seen.complaints.length === 0) return seen;
    const again = await look(engine, tables, probes);
    return { ...again, complaints: again.complaints.filter((one) => seen.complaints.includes(one)) };
}

/* 0, 1 or 77. */
async function hold(engine, tables, write) {
    const probes = [...byteProbes(), ...shapeProbes(tables[1].rows)]
        .map((probe, id) => ({ ...probe, id }));
    let seen;
    try {
        seen = await (write ? look : lookTwice)(engine, tables, probes);
    } catch (error) {
        if (!error.missing) throw error;
        console.log(`SKIP ${engine}: ${error.message}`);
        return 77;
    }
    if (write) {
        for (const table of tables)
            process.stdout.write(writeTable(withMeasured(table, engine, seen.words)));
        return 0;
    }
    for (const complaint of seen.complaints) console.log(complaint);
    console.log(`${seen.version}: ${probes.length} hosts, ${seen.words.length} outcomes, ` +
                `${seen.complaints.length} not as the tables say`);
    return seen.complaints.length === 0 ? 0 : 1;
}

function optionsOf() {
    const folder = fileURLToPath(new URL("../../spec-tables", import.meta.url));
    const { values } = parseArgs({ options: {
        engine: { type: "string", default: "all" }, tables: { type: "string", default: folder },
        write: { type: "boolean", default: false },
    } });
    if (values.engine !== "all" && !ENGINES.includes(values.engine))
        throw new Error(`there is no engine ${values.engine}`);
    if (values.write && values.engine === "all") throw new Error("--write is for one engine");
    return values;
}

async function main() {
    let options;
    try {
        options = optionsOf();
    } catch (error) {
        console.error(error.message);
        return 2;
    }
    const tables = ["host-bytes", "host-shapes"].map((name) =>
        readTable(join(options.tables, `${name}.tsv`)));
    const engines = options.engine === "all" ? ENGINES : [options.engine];
    const statuses = [];
    for (const engine of engines) statuses.push(await hold(engine, tables, options.write));
    return statuses.includes(1) ? 1 : Math.max(...statuses);
}

process.exitCode = await main();
