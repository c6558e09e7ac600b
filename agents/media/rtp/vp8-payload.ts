/** Largest RTP payload: leaves room for SRTP and tunnels below a 1280-byte path. */
const MAX_PAYLOAD = 1150;
const DESCRIPTOR = 4;

/**
 * Splits one VP8 frame into RTP payloads (RFC 7741): extended descriptor with a 15-bit picture id; the first
 * payload starts partition 0. Parts are of nearly equal size, so that the last packet is not a sliver.
 */
export function packetizeVp8(frame: Uint8Array, pictureId: number): Uint8Array[] {
  const parts = Math.max(1, Math.ceil(frame.length / (MAX_PAYLOAD - DESCRIPTOR)));
  const size = Math.ceil(frame.length / parts);
  return Array.from({ length: parts }, (_, part) => {
    const piece = frame.subarray(part * size, (part + 1) * size);
    const payload = new Uint8Array(DESCRIPTOR + piece.length);
    payload[0] = 0x80 | (part === 0 ? 0x10 : 0);
    payload[1] = 0x80;
    payload[2] = 0x80 | ((pictureId >> 8) & 0x7f);
    payload[3] = pictureId & 0xff;
    payload.set(piece, DESCRIPTOR);
    return payload;
  });
}
