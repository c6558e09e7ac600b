/**
 * Faces in a picture: `@vladmandic/human` on TensorFlow.js, compiled to WebAssembly with SIMD. Its models come
 * inside its npm package; nothing is downloaded.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Straight RGBA, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** `z` in pixels too: larger is farther from the camera. */
export interface FacePoint {
  x: number;
  y: number;
  z: number;
}

export interface Iris {
  x: number;
  y: number;
  radius: number;
}

/** One face, in pixels of the picture it was found in. "left" and "right" are the viewer's. */
export interface Face {
  /** MediaPipe's 478 points in their order: 468 of the face, then 5 of each iris (first the viewer's left one). */
  points: FacePoint[];
  /** Around the points, without hair and ears. */
  box: { x: number; y: number; width: number; height: number };
  /** From hairline to chin, along the face. */
  height: number;
  /** Radians; 0 looks straight ahead. Yaw is positive towards the viewer's right, pitch upwards, roll clockwise. */
  rotation: { yaw: number; pitch: number; roll: number };
  irises: { left: Iris; right: Iris };
  /** The strongest feeling, 0..1; absent when none is seen. */
  emotion?: { name: string; score: number };
  /** 0..1 */
  score: number;
}

interface HumanFace {
  mesh: [number, number, number][];
  /** Of the square that was cut out for the mesh, pixels. */
  size: [number, number];
  score: number;
  emotion?: { emotion: string; score: number }[];
}
interface Human {
  load(): Promise<void>;
  detect(input: object): Promise<{ error: string | null; face: HumanFace[] }>;
}
interface TensorFlow {
  tensor(data: Float32Array, shape: number[], type: 'float32'): { dispose(): void };
}

const MAX_FACES = 8;
/** Below this, what is found is no face. */
const MIN_SCORE = 0.3;
const FACE_POINTS = 468;
const IRIS_POINTS = 5;
/** Hairline and chin. */
const TOP = 10;
const CHIN = 152;
/** Where the face meets the ears, the viewer's left and right. */
const LEFT = 234;
const RIGHT = 454;
/** Side of the square that the mesh's network sees; its depths count such pixels. */
const MESH_INPUT = 192;
/** A forehead leans back. */
const STRAIGHT_PITCH = -0.2;

const off = { enabled: false };
/** Nothing is kept from one picture for the next. */
const on = { enabled: true, skipFrames: 0, skipTime: 0 };

let loading: Promise<{ human: Human; tf: TensorFlow }> | undefined;

async function load(): Promise<{ human: Human; tf: TensorFlow }> {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core') as TensorFlow;
  const backend = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  // Its "exports" name no path of their own: the build for Node with WebAssembly lies beside the main file.
  const dist = path.dirname(require.resolve('@vladmandic/human'));
  const { Human } = require(path.join(dist, 'human.node-wasm.js')) as { Human: new (config: object) => Human };
  const human = new Human({
    backend: 'wasm',
    wasmPath: `${backend}${path.sep}`,
    modelBasePath: pathToFileURL(`${path.join(dist, '../models')}${path.sep}`).href,
    debug: false,
    warmup: 'none',
    cacheSensitivity: 0,
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { ...on, maxDetected: MAX_FACES, minConfidence: MIN_SCORE, rotation: true },
      mesh: on,
      iris: on,
      emotion: { ...on, minConfidence: 0.1 },
      description: off,
      attention: off,
      antispoof: off,
      liveness: off,
    },
  });
  await withFiles(() => human.load());
  const loaded = { human, tf };
  // The first pictures are slower than all others: the kernels are compiled with them.
  await detect(loaded, { width: 256, height: 256, data: new Uint8ClampedArray(256 * 256 * 4).fill(128) });
  return loaded;
}

/** It fetches its models, and Node's `fetch` does not read files. */
async function withFiles(work: () => Promise<void>): Promise<void> {
  const usual = globalThis.fetch;
  globalThis.fetch = async (input, init) =>
    String(input).startsWith('file:') ? new Response(await readFile(new URL(String(input)))) : usual(input, init);
  try {
    await work();
  } finally {
    globalThis.fetch = usual;
  }
}

/** Loads the models ahead of time; about 0.4 s, once. */
export async function warmDetector(): Promise<void> {
  loading ??= load();
  await loading;
}

/** Every face of a picture, the largest first. The picture should be square: others are squeezed to be one. */
export async function findFaces(picture: Picture): Promise<Face[]> {
  loading ??= load();
  const faces = await detect(await loading, picture);
  return faces.map(toFace).sort((a, b) => b.height - a.height);
}

async function detect({ human, tf }: { human: Human; tf: TensorFlow }, picture: Picture): Promise<HumanFace[]> {
  const { width, height, data } = picture;
  const rgb = new Float32Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    rgb[to++] = data[from]!;
    rgb[to++] = data[from + 1]!;
    rgb[to++] = data[from + 2]!;
  }
  const tensor = tf.tensor(rgb, [1, height, width, 3], 'float32');
  try {
    const { error, face } = await human.detect(tensor);
    if (error !== null) throw new Error(`looking for faces failed: ${error}`);
    return face.filter(({ mesh }) => mesh.length === FACE_POINTS + 2 * IRIS_POINTS);
  } finally {
    tensor.dispose();
  }
}

function toFace({ mesh, size, score, emotion }: HumanFace): Face {
  // They come cut down to whole pixels, and depths not scaled.
  const points = mesh.map(([x, y, z]) => ({ x: x + 0.5, y: y + 0.5, z: (z * size[0]) / MESH_INPUT }));
  const irises = [FACE_POINTS, FACE_POINTS + IRIS_POINTS]
    .map(from => points.slice(from, from + IRIS_POINTS))
    .sort((a, b) => a[0]!.x - b[0]!.x);
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const [strongest] = [...(emotion ?? [])].sort((a, b) => b.score - a.score);
  return {
    points: [...points.slice(0, FACE_POINTS), ...irises.flat()],
    box: { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y },
    height: distance(points[TOP]!, points[CHIN]!),
    rotation: rotationOf(points),
    irises: { left: toIris(irises[0]!), right: toIris(irises[1]!) },
    ...(strongest && { emotion: { name: strongest.emotion, score: strongest.score } }),
    score,
  };
}

function rotationOf(points: FacePoint[]): Face['rotation'] {
  const [left, right, top, chin] = [LEFT, RIGHT, TOP, CHIN].map(index => points[index]!) as Four<FacePoint>;
  return {
    yaw: Math.atan2(right.z - left.z, distance(left, right)),
    pitch: Math.atan2(top.z - chin.z, distance(top, chin)) - STRAIGHT_PITCH,
    roll: Math.atan2(right.y - left.y, right.x - left.x),
  };
}

type Four<T> = [T, T, T, T];

const distance = (a: FacePoint, b: FacePoint): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Its middle, then four points around it. */
function toIris([middle, ...around]: FacePoint[]): Iris {
  const radius = around.reduce((sum, point) => sum + distance(point, middle!), 0) / around.length;
  return { x: middle!.x, y: middle!.y, radius };
}
