import { payloadBytesMax } from "../../contracts/topics.ts";

/** A packet may be this long: the largest payload with the longest topic that we take beside it. */
const packetBytesMax = payloadBytesMax + 1024;
/** The first packet is a CONNECT with at most a short will, and comes from nobody we know yet. */
const firstPacketBytesMax = 16 * 1024;

const connectType = 1;
const lengthBytesMax = 4;

/**
 * Follows the fixed headers in the bytes of one connection and says what is wrong with them as soon
 * as a header announces a packet over the limit, before its body has arrived. The parser behind it
 * would buffer the whole packet first.
 */
export class PacketGuard {
  #bodyBytesLeft = 0;
  #isFirst = true;
  /** Bytes of the length field read so far; -1 between two packets. */
  #lengthBytes = -1;
  #length = 0;

  /** null while all is well; otherwise why the connection has to end. */
  inspect(chunk: Uint8Array): string | null {
    let index = 0;
    while (index < chunk.length) {
      if (this.#bodyBytesLeft > 0) {
        const skipped = Math.min(this.#bodyBytesLeft, chunk.length - index);
        this.#bodyBytesLeft -= skipped;
        index += skipped;
        continue;
      }
      const wrong = this.#header(chunk[index] ?? 0);
      if (wrong !== null) return wrong;
      index += 1;
    }
    return null;
  }

  #header(byte: number): string | null {
    if (this.#lengthBytes < 0) {
      if (this.#isFirst && byte >> 4 !== connectType) return "the first packet is not a CONNECT";
      this.#lengthBytes = 0;
      this.#length = 0;
      return null;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if ((byte & 0x80) !== 0) {
      return this.#lengthBytes < lengthBytesMax ? null : "the length of the packet is malformed";
    }
    const bytesMax = this.#isFirst ? firstPacketBytesMax : packetBytesMax;
    if (this.#length > bytesMax) {
      return `a packet announces ${this.#length} bytes, at most ${bytesMax} are taken`;
    }
    this.#isFirst = false;
    this.#bodyBytesLeft = this.#length;
    this.#lengthBytes = -1;
    return null;
  }
}
