/** Pictures that people might upload, good and bad, made of one public-domain portrait. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { type Canvas, createCanvas, type Image, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { findFaces } from '../portrait/detect.ts';

/** The portrait's file: 512 x 512, one face, 103 pixels from hairline to chin. */
export const astronautFile = (): Promise<Buffer> =>
  readFile(path.join(import.meta.dirname, '../../agents/testing/pictures/astronaut.jpg'));
export const astronaut = async (): Promise<Image> => loadImage(await astronautFile());

/** A picture that is drawn here, on grey. */
export async function drawn(
  width: number,
  height: number,
  draw: (context: SKRSContext2D, astronaut: Image, canvas: Canvas) => void,
  format: 'jpeg' | 'png' | 'webp' = 'jpeg',
): Promise<Buffer> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#7c8288';
  context.fillRect(0, 0, width, height);
  draw(context, await astronaut(), canvas);
  return format === 'png' ? canvas.encode('png') : canvas.encode(format, 90);
}

/** Inserts an EXIF segment with an orientation (1..8), and a text that must not survive. */
export function withExif(jpeg: Buffer, orientation: number, secret = ''): Buffer {
  const text = Buffer.from(`${secret}\0`, 'latin1');
  const tiff = Buffer.alloc(38);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(2, 8);
  // ImageDescription, then Orientation; twelve bytes each.
  tiff.writeUInt16BE(0x010e, 10);
  tiff.writeUInt16BE(2, 12);
  tiff.writeUInt32BE(text.length, 14);
  tiff.writeUInt32BE(38, 18);
  tiff.writeUInt16BE(0x0112, 22);
  tiff.writeUInt16BE(3, 24);
  tiff.writeUInt32BE(1, 26);
  tiff.writeUInt16BE(orientation, 30);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, text]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** A JPEG whose frame of `width` x `height` lies in what only looks like a segment; behind it is one of 16 x 16. */
export async function hiddenFrame(width: number, height: number): Promise<Buffer> {
  const jpeg = await drawn(70, 30, () => {});
  const frameAt = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const small = Buffer.from(jpeg.subarray(frameAt, frameAt + 2 + jpeg.readUInt16BE(frameAt + 2)));
  small.writeUInt16BE(16, 5);
  small.writeUInt16BE(16, 7);
  jpeg.writeUInt16BE(height, frameAt + 5);
  jpeg.writeUInt16BE(width, frameAt + 7);
  const hidden = jpeg.subarray(2, -2);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0, 0]);
  head.writeUInt16BE(hidden.length + 2, 4);
  return Buffer.concat([head, hidden, small, Buffer.from([0xff, 0xd9])]);
}

/** A few kilobytes that unpack to `width` x `height` pixels. */
export function pngBomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  // One bit per pixel.
  const pixels = deflateSync(Buffer.alloc(height * (Math.ceil(width / 8) + 1)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The astronaut's face, turned by `yaw` radians: her measured face in three dimensions, seen from the side. */
export async function turnedFace(yaw: number): Promise<Buffer> {
  const size = 1024;
  const image = await astronaut();
  const source = createCanvas(size, size);
  const from = source.getContext('2d');
  from.drawImage(image, 0, 0, size, size);
  const [face] = await findFaces(from.getImageData(0, 0, size, size));
  const require = createRequire(import.meta.url);
  const human = path.join(path.dirname(require.resolve('@vladmandic/human')), 'human.node-wasm.js');
  const { Human } = require(human) as { Human: new () => { faceTriangulation: number[] } };
  const corners = new Human().faceTriangulation;
  const points = face!.points;
  const middle = face!.box.x + face!.box.width / 2;
  const depth = face!.box.width * 0.25;
  const seen = points.map(({ x, y, z }) => {
    const [across, ahead] = [x - middle, -z + depth];
    return {
      x: size / 2 + across * Math.cos(yaw) + ahead * Math.sin(yaw),
      y,
      ahead: ahead * Math.cos(yaw) - across * Math.sin(yaw),
    };
  });
  const triangles = Array.from({ length: corners.length / 3 }, (_, i) => corners.slice(i * 3, i * 3 + 3))
    .map(triangle => ({ triangle, ahead: triangle.reduce((sum, corner) => sum + seen[corner]!.ahead, 0) }))
    .sort((a, b) => a.ahead - b.ahead);
  return drawn(size, size, context => {
    for (const { triangle } of triangles)
      paste(
        context,
        source,
        triangle.map(corner => points[corner]!),
        triangle.map(corner => seen[corner]!),
      );
  });
}

type At = { x: number; y: number };

/** One triangle of a picture, bent to where its corners go. */
function paste(context: SKRSContext2D, picture: Canvas, from: At[], to: At[]): void {
  const [a, b, c] = from as [At, At, At];
  const [p, q, r] = to as [At, At, At];
  const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
  if (area === 0) return;
  const solve = (u: number, v: number, w: number) => [
    ((v - u) * (c.y - a.y) - (w - u) * (b.y - a.y)) / area,
    ((w - u) * (b.x - a.x) - (v - u) * (c.x - a.x)) / area,
  ];
  const [xx, xy] = solve(p.x, q.x, r.x) as [number, number];
  const [yx, yy] = solve(p.y, q.y, r.y) as [number, number];
  context.save();
  context.beginPath();
  for (const { x, y } of to) context.lineTo(x, y);
  context.clip();
  context.transform(xx, yx, xy, yy, p.x - xx * a.x - xy * a.y, p.y - yx * a.x - yy * a.y);
  context.drawImage(picture, 0, 0);
  context.restore();
}
