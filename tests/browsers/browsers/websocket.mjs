/* A WebSocket client (RFC 6455), as far as WebDriver BiDi on loopback needs one: text messages,
 * fragments, pings. Node.js has none before version 22 that needs no flag. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const CONTINUATION = 0, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10;

/* What a client sends is masked (section 5.3). */
function frame(opcode, payload) {
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(payload.length));
    const [short, more] = payload.length < 126 ? [payload.length, long.subarray(8)]
        : payload.length < 65536 ? [126, long.subarray(6)] : [127, long];
    const mask = randomBytes(4);
    const masked = payload.map((byte, i) => byte ^ mask[i & 3]);
    return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | short]), more, mask, masked]);
}

/* { opcode, final, payload, rest } of the first frame, or null when it is not all there. */
function parseFrame(bytes) {
    if (bytes.length < 2) return null;
    const short = bytes[1] & 127;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < start) return null;
    const length = short === 126 ? bytes.readUInt16BE(2)
        : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < start + length) return null;
    return { opcode: bytes[0] & 15, final: bytes[0] >= 128, rest: bytes.subarray(start + length),
             payload: bytes.subarray(start, start + length) };
}

/* The upgrade (section 4.1): resolves to what the server sent after it. */
function upgrade(socket, { host, pathname }) {
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
                 `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
                 `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`);
    return new Promise((resolve, reject) => {
        let bytes = Buffer.alloc(0);
        socket.once("error", reject);
        socket.once("close", () => reject(new Error("the WebSocket was closed")));
        socket.on("data", function take(chunk) {
            bytes = Buffer.concat([bytes, chunk]);
            const end = bytes.indexOf("\r\n\r\n");
            if (end < 0) return;
            socket.off("data", take);
            const line = bytes.toString("latin1", 0, bytes.indexOf("\r\n"));
            if (line.startsWith("HTTP/1.1 101 ")) resolve(bytes.subarray(end + 4));
            else reject(new Error(`no WebSocket: ${line}`));
        });
    });
}

/* { send(text), close() }; onMessage(text) for each message, onClose() at the end. */
export async function openWebSocket(address, { onMessage, onClose }) {
    const url = new URL(address);
    const socket = connect(Number(url.port), url.hostname);
    let bytes = await upgrade(socket, url);
    let message = [];
    const take = () => {
        for (let next; (next = parseFrame(bytes)) !== null;) {
            const { opcode, final, payload } = next;
            bytes = next.rest;
            if (opcode === PING) socket.write(frame(PONG, payload));
            else if (opcode === CLOSE) socket.end();
            if (opcode !== TEXT && opcode !== CONTINUATION) continue;
            message.push(payload);
            if (!final) continue;
            const text = Buffer.concat(message).toString("utf8");
            message = [];
            onMessage(text);
        }
    };
    socket.on("data", (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        take();
    });
    socket.on("close", onClose);
    take();
    return {
        send: (text) => socket.write(frame(TEXT, Buffer.from(text, "utf8"))),
        close: () => socket.destroy(),
    };
}
