/** From an uploaded file to a level, square picture with the face in its middle. */
import { type Canvas, createCanvas, type Image, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { PORTRAIT_LIMITS, PortraitError } from '../../protocol/portraits.ts';
import { type Face, findFaces, type Picture } from './detect.ts';
import { wholeWithoutEnd } from './jpeg-end.ts';
import { broken, type ImageHeader, sniff } from './sniff.ts';

/** Side of the square that a portrait is rigged from, pixels. */
export const SQUARE = 1024;
/** Share of the square that a face takes, hairline to chin: room for hair, shoulders and movement. */
const FACE_SHARE = 0.45;
/** Of the largest face: a smaller one is a passer-by. */
const SECOND_FACE = 0.5;
/** Radians; further round, half of the face is not seen. */
const MAX_YAW = 0.4;
const MAX_PITCH = 0.45;
/** Share of the face's width or height that may lie beyond the photo's edge: so exactly is it measured there. */
const MAX_OUTSIDE = 0.06;
/** Outer corners of the eyes, viewer's left and right. */
const LEFT_EYE = 33;
const RIGHT_EYE = 263;
/** What transparent pictures stand on. */
const PAPER = '#8f959c';
/** Side of the square in which a photo is continued beyond its edge, before it is enlarged. */
const AROUND = 48;
/** Share of a photo whose mean is its edge. */
const EDGE = 0.01;
/** A face that looks less upright than this ({@link Face.upright}) may lie on its side or stand on its head. */
const UPRIGHT = 0.8;
/** The other ways in which a photo without a note of its orientation may lie, radians clockwise. */
const TURNS = [Math.PI, Math.PI / 2, -Math.PI / 2];
/** Side of the square in which faces are looked for; they are measured in the large one. */
const LOOK = 640;

export interface Portrait {
  picture: Picture;
  face: Face;
}

/** Throws {@link PortraitError} when a file is no picture, or not of one face that can be drawn. */
export async function frame(file: Uint8Array, mark: (part: string) => void = () => {}): Promise<Portrait> {
  const image = await decode(file, sniff(file));
  mark('decode');
  const found = await look(image);
  mark('find');
  const square = level(image, found);
  mark('crop');
  const [face] = await findFaces(square);
  mark('measure');
  if (face === undefined) throw noFace();
  const { yaw, pitch } = face.rotation;
  if (Math.abs(yaw) > MAX_YAW || Math.abs(pitch) > MAX_PITCH)
    throw new PortraitError(
      'face-turned-away',
      'The face is turned away too far. Choose a picture in which it looks straight at the camera.',
    );
  if (isCutOff(face, found, image))
    throw new PortraitError(
      'face-cut-off',
      'The face is cut off by the edge of the picture. Choose one that shows all of it, from forehead to chin.',
    );
  return { picture: square, face };
}

/** Upright, as the camera's orientation says; of the size that its header was judged by. */
async function decode(file: Uint8Array, { width, height, ended }: ImageHeader): Promise<Image> {
  try {
    const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
    const image = ended ? await loadImage(bytes) : await wholeWithoutEnd(bytes);
    if (image === undefined) throw broken();
    const lies = image.width === height && image.height === width;
    if (lies || (image.width === width && image.height === height)) return image;
  } catch {
    // Whatever its decoder complained about.
  }
  throw broken();
}

/** A part of the image, its pixels. */
interface Square {
  x: number;
  y: number;
  side: number;
}

/** A face in pixels of the image. */
interface Found {
  x: number;
  y: number;
  height: number;
  roll: number;
  upright: number;
}

/** The one face. */
async function look(image: Image): Promise<Found> {
  const whole = { x: 0, y: 0, side: Math.max(image.width, image.height) };
  let faces = await lookAt(image, whole);
  // Points are found upside down, too, but then they are an upright face's: the mouth lies on the forehead.
  for (const turn of (faces[0]?.upright ?? 0) < UPRIGHT ? TURNS : []) {
    const turned = await lookAt(image, whole, turn);
    if ((turned[0]?.upright ?? 0) > (faces[0]?.upright ?? 0)) faces = turned;
  }
  if (faces.length === 0) faces = await lookCloser(image, whole.side / 2);
  const [face, second] = faces;
  if (face === undefined) throw noFace();
  if (second !== undefined && second.height > face.height * SECOND_FACE)
    throw new PortraitError(
      'several-faces',
      `There are ${faces.length} faces in this picture. Choose or crop one that shows only yours.`,
    );
  const { faceHeightPixels } = PORTRAIT_LIMITS;
  if (face.height < faceHeightPixels)
    throw new PortraitError(
      'face-too-small',
      `The face is only ${Math.round(face.height)} pixels high; at least ${faceHeightPixels} are needed. Choose a picture taken from closer, or a larger copy of this one.`,
    );
  return face;
}

/** The faces in one square of the image, the largest first; it is looked at turned by `turn` about its middle. */
async function lookAt(image: Image, { x, y, side }: Square, turn = 0): Promise<Found[]> {
  const scale = LOOK / side;
  const seen = paint(context => {
    context.translate(LOOK / 2, LOOK / 2);
    context.rotate(turn);
    context.scale(scale, scale);
    context.drawImage(image, -x - side / 2, -y - side / 2);
  }, LOOK);
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  return (await findFaces(seen)).map(({ box, height, points, upright }) => {
    const [left, right] = [points[LEFT_EYE]!, points[RIGHT_EYE]!];
    const [across, down] = [box.x + (box.width - LOOK) / 2, box.y + (box.height - LOOK) / 2];
    return {
      x: x + side / 2 + across * cos + down * sin,
      y: y + side / 2 + down * cos - across * sin,
      height: height / scale,
      roll: Math.atan2(right.y - left.y, right.x - left.x) - turn,
      upright,
    };
  });
}

/** In overlapping squares: a face that is small in the whole picture is seen in one of them. */
async function lookCloser(image: Image, side: number): Promise<Found[]> {
  const found: Found[] = [];
  for (let y = 0; y === 0 || y + side / 2 < image.height; y += side / 2)
    for (let x = 0; x === 0 || x + side / 2 < image.width; x += side / 2)
      for (const face of await lookAt(image, { x, y, side }))
        if (!found.some(other => Math.hypot(other.x - face.x, other.y - face.y) < other.height)) found.push(face);
  return found.sort((a, b) => b.height - a.height);
}

/** Whether the measured face goes on where the photo does not. */
function isCutOff({ points }: Face, { x, y, height, roll }: Found, image: Image): boolean {
  const scale = (FACE_SHARE * SQUARE) / height;
  const [cos, sin] = [Math.cos(roll) / scale, Math.sin(roll) / scale];
  const inPhoto = points.map(point => {
    const [right, down] = [point.x - SQUARE / 2, point.y - SQUARE / 2];
    return { x: x + right * cos - down * sin, y: y + right * sin + down * cos };
  });
  const leaves = (places: number[], end: number) => {
    const [first, last] = [Math.min(...places), Math.max(...places)];
    return Math.max(-first, last - end) > (last - first) * MAX_OUTSIDE;
  };
  return (
    leaves(
      inPhoto.map(point => point.x),
      image.width,
    ) ||
    leaves(
      inPhoto.map(point => point.y),
      image.height,
    )
  );
}

const noFace = () =>
  new PortraitError(
    'no-face',
    'No face can be seen in this picture. Choose one with a face that is well lit and looks at the camera.',
  );

/** Cuts the square, eyes level; where the photo ends its edges go on, blurred. */
function level(image: Image, found: Found): Picture {
  const reach = (SQUARE / Math.SQRT2) * (found.height / (FACE_SHARE * SQUARE));
  const ends = found.x < reach || found.y < reach || found.x > image.width - reach || found.y > image.height - reach;
  return paint(context => {
    // Drawn small and enlarged: that blurs it, and costs a fraction of a filter.
    if (ends)
      context.drawImage(
        canvasOf(AROUND, small => {
          place(small, found, AROUND);
          continueAround(small, image);
        }),
        0,
        0,
        SQUARE,
        SQUARE,
      );
    place(context, found, SQUARE);
    context.drawImage(image, 0, 0);
  });
}

/** Puts the face into the middle of a square of that side, eyes level. */
function place(context: SKRSContext2D, { x, y, height, roll }: Found, side: number): void {
  const scale = (FACE_SHARE * side) / height;
  context.translate(side / 2, side / 2);
  context.rotate(-roll);
  context.scale(scale, scale);
  context.translate(-x, -y);
}

/** Every edge of the photo goes on outwards: a wall stays a wall, and a coat a coat. */
function continueAround(context: SKRSContext2D, image: Image): void {
  const { width, height } = image;
  const edge = Math.max(1, Math.round(Math.min(width, height) * EDGE));
  const columns = [
    { from: 0, size: edge, to: -width, span: width },
    { from: 0, size: width, to: 0, span: width },
    { from: width - edge, size: edge, to: width, span: width },
  ];
  const rows = [
    { from: 0, size: edge, to: -height, span: height },
    { from: 0, size: height, to: 0, span: height },
    { from: height - edge, size: edge, to: height, span: height },
  ];
  for (const x of columns)
    for (const y of rows) context.drawImage(image, x.from, y.from, x.size, y.size, x.to, y.to, x.span, y.span);
}

function paint(draw: (context: SKRSContext2D) => void, side = SQUARE): Picture {
  return canvasOf(side, draw).getContext('2d').getImageData(0, 0, side, side);
}

function canvasOf(side: number, draw: (context: SKRSContext2D) => void): Canvas {
  const canvas = createCanvas(side, side);
  const context = canvas.getContext('2d');
  context.fillStyle = PAPER;
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = 'high';
  draw(context);
  return canvas;
}
