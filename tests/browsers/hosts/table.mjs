/* spec-tables/host-bytes.tsv and host-shapes.tsv, read and written (their format is in
 * spec-tables/README.md). Invariant: what is read and not changed is written as it was. */
import { readFileSync } from "node:fs";

export function readTable(path) {
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    const first = lines.findIndex((line) => !line.startsWith("#"));
    const columns = lines[first].split("\t");
    const rows = lines.slice(first + 1).map((line) =>
        Object.fromEntries(line.split("\t").map((cell, i) => [columns[i], cell])));
    return { comments: lines.slice(0, first), columns, rows };
}

export const writeTable = ({ comments, columns, rows }) =>
    [...comments, columns.join("\t"),
     ...rows.map((row) => columns.map((column) => row[column]).join("\t")), ""].join("\n");

/* The rows with a column as measured: [{ key, scheme, word }], the key being in the first column.
 * A row for any scheme whose schemes differ becomes two. */
export function withMeasured({ comments, columns, rows }, engine, words) {
    const wordOf = (row, scheme) =>
        words.find((one) => one.key === row[columns[0]] && one.scheme === scheme)?.word ?? "?";
    const changed = rows.flatMap((row) => {
        const schemes = row.scheme === "any" ? ["http", "https"] : [row.scheme];
        const each = schemes.map((scheme) =>
            ({ ...row, scheme, [engine]: wordOf(row, scheme) }));
        return each.length === 2 && each[0][engine] === each[1][engine]
            ? [{ ...each[0], scheme: "any" }] : each;
    });
    return { comments, columns, rows: changed };
}
