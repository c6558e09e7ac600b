/** Faces in a picture, with their points. */
import { Human, type HumanFace, type Picture } from '../../agents/providers/human/human.ts';

export type { Picture };

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
  /** How upright it looks to the detector, which knows upright faces best: 0.8 and more for one, 0.5 upside down. */
  upright: number;
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

/** Nothing is kept from one picture for the next. */
const on = { enabled: true, skipFrames: 0, skipTime: 0 };

let loading: Promise<Human> | undefined;

const load = () =>
  Human.load({
    detector: { ...on, maxDetected: MAX_FACES, minConfidence: MIN_SCORE, rotation: true },
    mesh: on,
    iris: on,
    emotion: { ...on, minConfidence: 0.1 },
  });

/** Loads the models ahead of time; about 0.4 s, once. */
export async function warmDetector(): Promise<void> {
  loading ??= load();
  await loading;
}

/** Every face of a picture, the largest first. The picture should be square: others are squeezed to be one. */
export async function findFaces(picture: Picture): Promise<Face[]> {
  loading ??= load();
  const faces = await (await loading).faces(picture);
  return faces
    .filter(({ mesh }) => mesh.length === FACE_POINTS + 2 * IRIS_POINTS)
    .map(toFace)
    .sort((a, b) => b.height - a.height);
}

function toFace({ mesh, size, score, boxScore, emotion }: HumanFace): Face {
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
    upright: boxScore,
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
