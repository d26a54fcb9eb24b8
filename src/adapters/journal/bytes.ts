const firstBytes = 64 * 1024;
const textBytesMax = 65_535;
/** Below this length writing a text in a loop is faster than calling into the runtime. */
const shortText = 40;

/** Little-endian bytes that grow as they are written. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #view = viewOf(this.#bytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has been written; valid until more is. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written after this length. */
  truncate(length: number): void {
    this.#length = length;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  u16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  u16At(position: number, value: number): void {
    this.#view.setUint16(position, value, true);
  }

  u32At(position: number, value: number): void {
    this.#view.setUint32(position, value, true);
  }

  /** UTF-8 after its length in bytes. */
  text(value: string): void {
    if (value.length <= shortText && this.#ascii(value)) return;
    const size = Buffer.byteLength(value);
    if (size > textBytesMax) throw new RangeError(`a text of ${size} bytes cannot be journalled`);
    this.u16(size);
    this.#reserve(size);
    this.#bytes.write(value, this.#length);
    this.#length += size;
  }

  /** Writes a text of plain characters; false, with nothing written, when it has others. */
  #ascii(value: string): boolean {
    this.#reserve(2 + value.length);
    const start = this.#length + 2;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      this.#bytes[start + index] = code;
    }
    this.#view.setUint16(this.#length, value.length, true);
    this.#length = start + value.length;
    return true;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.written());
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

/** Reads what a ByteWriter has written; beyond the end it throws. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array | ArrayBuffer) {
    this.#bytes =
      bytes instanceof ArrayBuffer
        ? Buffer.from(bytes)
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = viewOf(this.#bytes);
  }

  u8(): number {
    const value = this.#view.getUint8(this.#position);
    this.#position += 1;
    return value;
  }

  u16(): number {
    const value = this.#view.getUint16(this.#position, true);
    this.#position += 2;
    return value;
  }

  u32(): number {
    const value = this.#view.getUint32(this.#position, true);
    this.#position += 4;
    return value;
  }

  f64(): number {
    const value = this.#view.getFloat64(this.#position, true);
    this.#position += 8;
    return value;
  }

  text(): string {
    const size = this.u16();
    const end = this.#position + size;
    if (end > this.#bytes.length) throw new RangeError("the text goes beyond the end");
    const value = this.#bytes.toString("utf8", this.#position, end);
    this.#position = end;
    return value;
  }

  /** Everything that is left, as text. */
  rest(): string {
    const value = this.#bytes.toString("utf8", this.#position);
    this.#position = this.#bytes.length;
    return value;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
