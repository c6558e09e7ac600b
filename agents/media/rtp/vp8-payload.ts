/** Largest RTP payload: leaves room for SRTP and tunnels below a 1280-byte path. */
const MAX_PAYLOAD = 1150;
const DESCRIPTOR = 6;

/** Where a frame stands in its stream. */
export interface Vp8Place {
  /** 15 bits. */
  pictureId: number;
  /** TL0PICIDX, 8 bits: counts the frames of layer 0; one of layer 1 has the number of the one it refers to. */
  baseId: number;
  layer: 0 | 1;
}

/**
 * Splits one VP8 frame into RTP payloads (RFC 7741): extended descriptor with picture id, TL0PICIDX and temporal
 * layer; the first payload starts partition 0. Y marks where a receiver may take a layer up: at every frame of
 * layer 1, which needs the base layer only, and at keyframes, without which mediasoup takes up no layer at all. Parts are of nearly equal size, so that the last packet is not a sliver.
 */
export function packetizeVp8(frame: Uint8Array, { pictureId, baseId, layer }: Vp8Place): Uint8Array[] {
  const parts = Math.max(1, Math.ceil(frame.length / (MAX_PAYLOAD - DESCRIPTOR)));
  const size = Math.ceil(frame.length / parts);
  // RFC 6386 9.1: the lowest bit of a frame is 0 in keyframes.
  const sync = layer === 1 || (frame[0]! & 1) === 0;
  return Array.from({ length: parts }, (_, part) => {
    const piece = frame.subarray(part * size, (part + 1) * size);
    const payload = new Uint8Array(DESCRIPTOR + piece.length);
    // X; N: nothing refers to it; S: the frame begins here.
    payload[0] = 0x80 | (layer === 0 ? 0 : 0x20) | (part === 0 ? 0x10 : 0);
    // I, L, T: what follows.
    payload[1] = 0xe0;
    payload[2] = 0x80 | ((pictureId >> 8) & 0x7f);
    payload[3] = pictureId & 0xff;
    payload[4] = baseId & 0xff;
    payload[5] = (layer << 6) | (sync ? 0x20 : 0);
    payload.set(piece, DESCRIPTOR);
    return payload;
  });
}
