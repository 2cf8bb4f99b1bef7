/* sarif.mjs FOLDER FILE...: each file is a SARIF log under the schema of version 2.1.0, as the npm
 * package @microsoft/jest-sarif in FOLDER has it. Prints what is not; exits 1 then. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const Ajv = require("ajv");
const drafts = require.resolve("ajv/lib/refs/json-schema-draft-04.json");
const schema = join(folder, "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const read = (file) => JSON.parse(readFileSync(file, "utf8"));

/* The schema is one of draft 4, which names its id otherwise. */
const ajv = new Ajv({ schemaId: "auto", allErrors: true, meta: false });
ajv.addMetaSchema(read(drafts));
const validate = ajv.compile(read(schema));

let wrong = 0;
for (const file of files) {
    if (validate(read(file))) continue;
    wrong++;
    for (const { dataPath, message, params } of validate.errors.slice(0, 10))
        console.log(`${file}: ${dataPath} ${message} ${JSON.stringify(params)}`);
}
console.log(`${files.length - wrong} of ${files.length} are SARIF 2.1.0`);
process.exit(wrong > 0 ? 1 : 0);
