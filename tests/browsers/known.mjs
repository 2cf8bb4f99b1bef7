/* Disagreements that are known and not yet understood: rows of known-disagreements.tsv, engine, name of
 * the situation and the kind of difference. A run that is given the list fails for what is not in it,
 * and for what is in it and agrees by now, so that the list can only get shorter by being corrected. */
import { readFileSync } from "node:fs";
import { signatureOf } from "./compare.mjs";

export function readKnown(file) {
    return readFileSync(file, "utf8").split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => {
            const [engine, name, kind] = line.split("\t");
            return { engine, name, kind };
        });
}

export function knownLine(engine, { name, differences }) {
    return `${engine}\t${name}\t${signatureOf(differences).replace(/\s+/g, " ")}`;
}

/* What speaks against the list: disagreements that it lacks, rows whose situation agreed. */
export function judgeKnown(known, { engine, disagreements, agreed }) {
    const rows = known.filter((row) => row.engine === engine);
    const listed = new Set(rows.map(({ name }) => name));
    const agreeing = new Set(agreed);
    return {
        unknown: disagreements.filter(({ name }) => !listed.has(name)),
        outdated: rows.filter(({ name }) => agreeing.has(name)),
        known: disagreements.filter(({ name }) => listed.has(name)).length,
    };
}
