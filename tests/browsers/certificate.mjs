/* A key and a self-signed certificate for one run. No browser trusts it: each is told to ignore
 * errors of certificates, so what it says does not matter; P-256 because that is quick. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export async function makeCertificate(directory) {
    const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
    try {
        await promisify(execFile)("openssl", [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "30", "-subj", "/CN=laboratory.example",
            "-addext", "subjectAltName=DNS:*.example,DNS:*.test,DNS:*.invalid",
            "-keyout", key, "-out", cert,
        ]);
    } catch (error) {
        if (error.code !== "ENOENT") throw error;
        throw Object.assign(new Error("openssl is not installed (package openssl)"),
                            { missing: true });
    }
    return { key: await readFile(key), cert: await readFile(cert) };
}
