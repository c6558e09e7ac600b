/** 16-bit little-endian samples out of bytes that come in pieces of any length, odd ones, too. */
export class Samples {
  #left: Uint8Array = new Uint8Array(0);

  add(bytes: Uint8Array): Int16Array {
    const all = this.#left.length === 0 ? bytes : Buffer.concat([this.#left, bytes]);
    const pcm = new Int16Array(all.length >> 1);
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    for (let i = 0; i < pcm.length; i++) pcm[i] = view.getInt16(2 * i, true);
    this.#left = all.slice(2 * pcm.length);
    return pcm;
  }
}

/** The samples' bytes, not copied. */
export const bytesOf = (pcm: Int16Array): Buffer => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
