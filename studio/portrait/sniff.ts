/** What a file really is, told by its first bytes, and how large its picture is, before anything is decoded. */
import { PORTRAIT_LIMITS, PortraitError } from '../../protocol/portraits.ts';

export interface ImageHeader {
  type: 'jpeg' | 'png' | 'webp';
  width: number;
  height: number;
  /** False for a JPEG without an end marker: only its decoder can tell whether all of it is there. */
  ended: boolean;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** The end of every PNG: the checksum of an empty IEND. */
const PNG_END = Buffer.from('IEND\xae\x42\x60\x82', 'latin1');
const JPEG_END = Buffer.from([0xff, 0xd9]);

const megapixels = (pixels: number) => `${Math.round(pixels / 1e6)} megapixels`;

/**
 * Judges an upload by its bytes alone. Throws {@link PortraitError} `not-an-image`, `broken-image`,
 * `file-too-large` or `too-many-pixels`.
 */
export function sniff(file: Uint8Array): ImageHeader {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length > PORTRAIT_LIMITS.uploadBytes) throw tooLarge();
  const header = read(bytes);
  const { width, height } = header;
  if (width === 0 || height === 0) throw broken();
  if (width * height > PORTRAIT_LIMITS.pixels)
    throw new PortraitError(
      'too-many-pixels',
      `This picture unpacks to ${width} x ${height} pixels (${megapixels(width * height)}); ${megapixels(PORTRAIT_LIMITS.pixels)} is the most. Save it smaller and try again.`,
    );
  const ended = isComplete(bytes, header);
  if (!ended && header.type !== 'jpeg') throw broken();
  return { type: header.type, width, height, ended };
}

export const broken = () =>
  new PortraitError(
    'broken-image',
    'This picture is damaged or was cut off on the way. Open it on your device, save it again, and try that copy.',
  );

const tooLarge = () =>
  new PortraitError(
    'file-too-large',
    `This file is larger than ${PORTRAIT_LIMITS.uploadBytes / 1024 / 1024} MB. Save the picture smaller, or take one at a lower resolution.`,
  );

/** With where a JPEG's first scan begins. */
type Read = Omit<ImageHeader, 'ended'> & { scanAt?: number };

function read(bytes: Buffer): Read {
  try {
    if (bytes.subarray(0, 8).equals(PNG) && bytes.toString('latin1', 12, 16) === 'IHDR')
      return { type: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
    if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { type: 'jpeg', ...jpegSize(bytes) };
    if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
      return { type: 'webp', ...webpSize(bytes) };
  } catch (error) {
    // A header that points behind the end of the file.
    if (error instanceof RangeError) throw broken();
    throw error;
  }
  throw new PortraitError(
    'not-an-image',
    'This is not a JPEG, PNG or WebP picture. Choose a photo in one of these formats.',
  );
}

/** Walks the segments up to the first scan; the size is that of the one frame header before it. */
function jpegSize(bytes: Buffer): { width: number; height: number; scanAt: number } {
  let size: { width: number; height: number } | undefined;
  for (let at = 2; ; ) {
    if (bytes.readUInt8(at) !== 0xff) throw broken();
    const marker = bytes.readUInt8(at + 1);
    // Fill bytes, and markers without a body.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    // No segment: decoders read on behind these two bytes, and would see another picture than this does.
    else if (marker < 0xc0) throw broken();
    else if (marker === 0xda) {
      if (size === undefined) throw broken();
      return { ...size, scanAt: at };
    }
    // The end without a picture.
    else if (marker === 0xd9) throw broken();
    else {
      if (marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
        if (size !== undefined) throw broken();
        size = { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
      }
      at += 2 + bytes.readUInt16BE(at + 2);
    }
  }
}

function webpSize(bytes: Buffer): { width: number; height: number } {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const packed = bytes.readUInt32LE(21);
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      throw broken();
  }
}

/** Decoders fill what is missing with grey; a portrait is not made of half a picture. */
function isComplete(bytes: Buffer, { type, scanAt }: Read): boolean {
  switch (type) {
    case 'png':
      return bytes.includes(PNG_END);
    case 'jpeg':
      // Before its scan it may hold a whole smaller picture; behind its end cameras append films.
      return bytes.includes(JPEG_END, scanAt);
    case 'webp':
      return bytes.length >= bytes.readUInt32LE(4) + 8;
  }
}
