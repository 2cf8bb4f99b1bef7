/* A proxy on loopback that is the whole network of a browser: every host name, http and https
 * (RFC 9112, sections 3.2.2 and 3.2.3: absolute-form, and CONNECT whose tunnel ends here in TLS).
 * Invariants: it never opens a connection; a request is handed on as its bytes came; a response is
 * written as it is given, byte for byte, and framed by nothing that script could read: HTTP/1.0,
 * one response a connection, the end of the body is the end of the connection. HTTP/1.0 rather
 * than 1.1 because a browser must not send the next request on a connection that is about to
 * close. Strings are bytes, as code points 0 to 255. */
import { createServer } from "node:net";
import { TLSSocket, createSecureContext } from "node:tls";

const LONGEST_HEAD = 1 << 20;
const LONGEST_BODY = 1 << 24;

const DEFAULT_PORTS = { http: "80", https: "443" };

/* { method, target, headers } of the bytes before the empty line; null when it is no request. */
export function parseHead(text) {
    const [line, ...lines] = text.split("\r\n");
    const parts = /^(\S+) (.*) HTTP\/1\.[01]$/s.exec(line);
    if (parts === null) return null;
    const headers = lines.map((one) => {
        const colon = one.indexOf(":");
        return [one.slice(0, colon), one.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
    });
    return { method: parts[1], target: parts[2], headers };
}

/* Bytes of a stream, taken by length or up to a mark. */
class Reader {
    constructor(stream) {
        this.stream = stream;
        this.bytes = Buffer.alloc(0);
        this.ended = false;
        this.wake = () => {};
        this.listeners = { data: (chunk) => this.add(chunk) };
        for (const event of ["end", "close", "error"]) this.listeners[event] = () => this.end();
        for (const event of Object.keys(this.listeners)) stream.on(event, this.listeners[event]);
    }

    add(chunk) {
        this.bytes = Buffer.concat([this.bytes, chunk]);
        this.wake();
    }

    end() {
        this.ended = true;
        this.wake();
    }

    /* False when the stream ends before there are more bytes. */
    async more() {
        const before = this.bytes.length;
        while (this.bytes.length === before) {
            if (this.ended) return false;
            await new Promise((resolve) => (this.wake = resolve));
        }
        return true;
    }

    async upTo(mark, limit) {
        let at;
        while ((at = this.bytes.indexOf(mark)) < 0)
            if (this.bytes.length > limit || !(await this.more())) return null;
        const text = this.bytes.toString("latin1", 0, at);
        this.bytes = this.bytes.subarray(at + mark.length);
        return text;
    }

    async take(length) {
        while (this.bytes.length < length) if (!(await this.more())) return null;
        const text = this.bytes.toString("latin1", 0, length);
        this.bytes = this.bytes.subarray(length);
        return text;
    }

    /* Gives the stream away, with what was read too far. */
    release() {
        this.stream.pause();
        for (const event of Object.keys(this.listeners))
            this.stream.off(event, this.listeners[event]);
        if (this.bytes.length > 0) this.stream.unshift(this.bytes);
    }
}

async function readChunks(reader) {
    let body = "";
    for (;;) {
        const line = await reader.upTo("\r\n", LONGEST_HEAD);
        if (line === null) return null;
        const length = parseInt(line, 16);
        if (!(length <= LONGEST_BODY)) return null;
        if (length === 0) {
            for (let trailer; (trailer = await reader.upTo("\r\n", LONGEST_HEAD)) !== "";)
                if (trailer === null) return null;
            return body;
        }
        const chunk = await reader.take(length + 2);
        if (chunk === null) return null;
        body += chunk.slice(0, -2);
    }
}

async function readBody(reader, headers) {
    const value = (name) => headers.find(([other]) => other.toLowerCase() === name)?.[1];
    if (/chunked/i.test(value("transfer-encoding") ?? "")) return readChunks(reader);
    const length = Number(value("content-length") ?? 0);
    return length <= LONGEST_BODY ? reader.take(length) : null;
}

const hasNoBody = (method, status) =>
    method === "HEAD" || status < 200 || status === 204 || status === 304;

/* The bytes of a reply; only one with `keepAlive` has a header of ours, which goes with it. One that
 * is to be kept in a cache says `version`: no browser revalidates HTTP/1.0 by an entity tag. */
export function writeReply({ status, statusText, headers, body, keepAlive, version }, method) {
    const content = hasNoBody(method, status) ? "" : body ?? "";
    const fields = (headers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const framing = keepAlive ? `Content-Length: ${content.length}\r\n` : "";
    const line = `HTTP/${keepAlive ? "1.1" : version ?? "1.0"} ${status} ${statusText ?? ""}`;
    return Buffer.from(`${line}\r\n${fields}${framing}\r\n${content}`, "latin1");
}

/* The request as it was asked: its URL is put together of what came, and nothing is normalised. */
function requestOf({ method, target, headers }, body, tunnel, reused) {
    const absolute = tunnel === null ? /^(https?):\/\/([^/?#]*)(.*)$/s.exec(target) : null;
    const [scheme, authority, rest] = tunnel !== null ? ["https", tunnel, target]
        : absolute !== null ? absolute.slice(1) : ["http", "", target];
    const [, host, port] = /^(.*?)(?::(\d+))?$/s.exec(authority);
    const shown = port === undefined || port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`;
    return { method, url: `${scheme}://${shown}${rest}`, host, headers, body, reused };
}

/* answer(request) resolves to a reply, or to { abort: true }. A request is { method, url, host,
 * headers, body, reused (whether its connection carried another one before) }. admits(host) says
 * whether a tunnel to that host may be opened. */
export class Proxy {
    constructor({ certificate, answer, admits, log }) {
        Object.assign(this, { answer, admits, log });
        this.context = createSecureContext(certificate);
        this.sockets = new Set();
        this.server = createServer((socket) => {
            this.sockets.add(socket);
            socket.on("close", () => this.sockets.delete(socket));
            this.begin(socket, null);
        });
    }

    async listen() {
        await new Promise((resolve, reject) => {
            this.server.once("error", reject);
            this.server.listen(0, "127.0.0.1", resolve);
        });
        return this.server.address().port;
    }

    close() {
        this.server.close();
        for (const socket of this.sockets) socket.destroy();
    }

    begin(stream, tunnel) {
        this.serve(stream, tunnel).catch((error) => {
            this.log(`proxy: ${error.stack}`);
            stream.destroy();
        });
    }

    /* The requests of one connection, one after another. `tunnel` is the authority of CONNECT. */
    async serve(stream, tunnel) {
        stream.setNoDelay?.(true);
        stream.on("error", () => {});
        const reader = new Reader(stream);
        for (let count = 0; ; count++) {
            const text = await reader.upTo("\r\n\r\n", LONGEST_HEAD);
            if (text === null) break;
            const head = parseHead(text);
            if (head === null) {
                this.log(`not a request: ${JSON.stringify(text.slice(0, 200))}`);
                break;
            }
            if (head.method === "CONNECT" && tunnel === null)
                return this.openTunnel(stream, reader, head.target);
            const body = await readBody(reader, head.headers);
            if (body === null) break;
            if (!(await this.reply(stream, requestOf(head, body, tunnel, count > 0)))) return;
        }
        stream.destroy();
    }

    /* Whether the connection goes on. */
    async reply(stream, request) {
        const reply = await this.answer(request);
        if (stream.destroyed) return false;
        if (reply.abort) {
            stream.destroy();
            return false;
        }
        stream.write(writeReply(reply, request.method));
        if (!reply.keepAlive) stream.end();
        return reply.keepAlive === true;
    }

    openTunnel(socket, reader, authority) {
        if (!this.admits(authority.replace(/:\d+$/, ""))) {
            socket.end("HTTP/1.0 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        reader.release();
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        const inner = new TLSSocket(socket, {
            isServer: true,
            secureContext: this.context,
            ALPNProtocols: ["http/1.1"],
        });
        inner.on("close", () => socket.destroy());
        this.begin(inner, authority);
    }
}
