import { Manner, type Pose } from './manner.ts';
import type { Look } from './timeline.ts';

const SKIN = ['#fff3d6', '#ffdf9e', '#f4b45f', '#d98a3d'] as const;
const LINE = '#7a4420';
const IRIS = ['#6fd0c0', '#2a8f8a', '#12514f'] as const;

/** Draws Sprout. All lengths are shares of its head's radius; the origin is the middle of the head. */
export class Face {
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  readonly #manner = new Manner();

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext('2d')!;
  }

  draw(look: Look, nowMs: number): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const [width, height] = [clientWidth * devicePixelRatio, clientHeight * devicePixelRatio].map(Math.round);
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const pose = this.#manner.at(look, nowMs);
    const pen = this.#pen;
    this.#backdrop(width!, height!, nowMs);
    pen.save();
    const radius = Math.min(width!, height!) * 0.29;
    pen.translate(width! / 2, height! * 0.47);
    pen.scale(radius, radius);
    this.#body(pose);
    pen.translate(0, 0.95);
    pen.rotate(pose.tilt);
    pen.translate(pose.headX * 0.06, -0.95 - pose.headY * 0.05 - pose.breath * 0.012);
    this.#leaves(pose, nowMs);
    this.#head(pose);
    // Features slide over the round head when it turns.
    pen.translate(pose.headX * 0.22, -pose.headY * 0.2);
    for (const side of [-1, 1] as const) {
      this.#cheek(pose, side);
      this.#eye(pose, side);
      this.#brow(pose, side);
    }
    this.#mouth(pose);
    pen.restore();
  }

  #backdrop(width: number, height: number, nowMs: number): void {
    const pen = this.#pen;
    const sky = pen.createRadialGradient(width / 2, height * 0.42, 0, width / 2, height * 0.45, height * 0.85);
    sky.addColorStop(0, '#58788a');
    sky.addColorStop(0.5, '#2f4a5f');
    sky.addColorStop(1, '#162233');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, width, height);
    for (let i = 0; i < 14; i++) {
      const drift = nowMs / (26_000 + i * 3100) + i * 0.618;
      const x = ((i * 0.377 + 0.04 * Math.sin(drift * 6)) % 1) * width;
      const y = (1.1 - ((drift + i * 0.29) % 1.2)) * height;
      const size = (0.008 + 0.02 * ((i * 0.53) % 1)) * height;
      const glow = pen.createRadialGradient(x, y, 0, x, y, size);
      glow.addColorStop(0, 'rgb(255 226 160 / 22%)');
      glow.addColorStop(1, 'rgb(255 226 160 / 0%)');
      pen.fillStyle = glow;
      pen.fillRect(x - size, y - size, size * 2, size * 2);
    }
  }

  #body({ breath }: Pose): void {
    const pen = this.#pen;
    const y = 0.98 - breath * 0.02;
    const shade = pen.createLinearGradient(0, 0.8, 0, 2.3);
    shade.addColorStop(0, '#5fae7c');
    shade.addColorStop(1, '#23604f');
    pen.fillStyle = shade;
    pen.beginPath();
    pen.moveTo(-0.3, y - 0.1);
    pen.bezierCurveTo(-0.95, y, -1.15, y + 0.5, -1.25, 2.6);
    pen.lineTo(1.25, 2.6);
    pen.bezierCurveTo(1.15, y + 0.5, 0.95, y, 0.3, y - 0.1);
    pen.fill();
    this.#soft(0, y + 0.02, 0.75, 0.2, 'rgb(20 50 45 / 55%)');
  }

  #head({ open }: Pose): void {
    const pen = this.#pen;
    const drop = open * 0.05;
    const shade = pen.createRadialGradient(-0.35, -0.5, 0.05, 0, 0.05, 1.35);
    for (const [i, colour] of SKIN.entries()) shade.addColorStop([0, 0.4, 0.82, 1][i]!, colour);
    pen.beginPath();
    pen.moveTo(0, -0.98);
    pen.bezierCurveTo(0.66, -0.98, 1.06, -0.48, 1.08, 0.1);
    pen.bezierCurveTo(1.1, 0.68, 0.62, 0.94 + drop, 0, 0.94 + drop);
    pen.bezierCurveTo(-0.62, 0.94 + drop, -1.1, 0.68, -1.08, 0.1);
    pen.bezierCurveTo(-1.06, -0.48, -0.66, -0.98, 0, -0.98);
    pen.fillStyle = shade;
    pen.fill();
    pen.save();
    pen.clip();
    this.#soft(-0.42, -0.62, 0.42, 0.24, 'rgb(255 255 255 / 55%)');
    this.#soft(1.0, 0.35, 0.35, 0.7, 'rgb(150 240 220 / 28%)');
    this.#soft(0, 1.02, 0.9, 0.22, 'rgb(140 70 30 / 30%)');
    pen.restore();
  }

  #leaves({ breath, headX, headY, open }: Pose, nowMs: number): void {
    const pen = this.#pen;
    const bounce = 0.05 * Math.sin(nowMs / 900) + breath * 0.06 + open * 0.1 + headY * 0.2;
    pen.save();
    pen.translate(0, -0.95);
    pen.rotate(-headX * 0.18);
    pen.lineCap = 'round';
    pen.lineWidth = 0.055;
    pen.strokeStyle = '#4d9a61';
    pen.beginPath();
    pen.moveTo(0, 0.06);
    pen.quadraticCurveTo(0.02, -0.1, 0, -0.2);
    pen.stroke();
    pen.translate(0, -0.19);
    for (const side of [-1, 1] as const) {
      pen.save();
      pen.scale(side, 1);
      pen.rotate(-0.35 - bounce);
      const shade = pen.createLinearGradient(0, 0, 0.5, -0.1);
      shade.addColorStop(0, '#3f8f58');
      shade.addColorStop(1, '#a5dc7c');
      pen.fillStyle = shade;
      pen.beginPath();
      pen.moveTo(0, 0);
      pen.bezierCurveTo(0.1, -0.26, 0.4, -0.28, 0.56, -0.08);
      pen.bezierCurveTo(0.42, 0.1, 0.16, 0.12, 0, 0);
      pen.fill();
      pen.lineWidth = 0.014;
      pen.strokeStyle = 'rgb(30 90 55 / 45%)';
      pen.beginPath();
      pen.moveTo(0.04, -0.01);
      pen.quadraticCurveTo(0.26, -0.1, 0.46, -0.08);
      pen.stroke();
      pen.restore();
    }
    pen.restore();
  }

  #cheek({ blush, smile }: Pose, side: -1 | 1): void {
    this.#soft(side * 0.66, 0.3 - Math.max(0, smile) * 0.04, 0.26, 0.17, `rgb(240 96 84 / ${blush * 50}%)`);
  }

  #eye({ eyeX, eyeY, lid, lower }: Pose, side: -1 | 1): void {
    const pen = this.#pen;
    const wide = Math.max(0, -lid) * 0.12;
    const [rx, ry] = [0.235 + wide * 0.2, 0.29 + wide];
    pen.save();
    pen.translate(side * 0.4, -0.1);
    this.#soft(0, 0.02, rx * 1.35, ry * 1.25, 'rgb(150 80 30 / 28%)');
    pen.beginPath();
    pen.ellipse(0, 0, rx, ry, 0, 0, 2 * Math.PI);
    pen.clip();
    pen.fillStyle = '#fffdf6';
    pen.fillRect(-1, -1, 2, 2);
    this.#iris(eyeX * 0.09, -eyeY * 0.09);
    // The lids' shadow, then the lids.
    const top = -ry + Math.max(0, lid) * ry * 1.9;
    const shadow = pen.createLinearGradient(0, top, 0, top + 0.16);
    shadow.addColorStop(0, 'rgb(90 45 15 / 50%)');
    shadow.addColorStop(1, 'rgb(90 45 15 / 0%)');
    pen.fillStyle = shadow;
    pen.fillRect(-1, top, 2, 0.2);
    this.#lid(rx, -1, top, 0.1 - Math.max(0, lid) * 0.16);
    this.#lid(rx, 1, ry - Math.max(0, lower) * 0.16 - Math.max(0, lid) * 0.03, 0.1);
    pen.restore();
    this.#lash(side, rx, ry, lid);
  }

  #iris(x: number, y: number): void {
    const pen = this.#pen;
    const shade = pen.createRadialGradient(x, y + 0.06, 0.02, x, y, 0.17);
    for (const [i, colour] of IRIS.entries()) shade.addColorStop([0, 0.65, 1][i]!, colour);
    pen.fillStyle = shade;
    this.#disc(x, y, 0.165, 0.185);
    pen.fillStyle = '#0d2224';
    this.#disc(x, y, 0.088, 0.1);
    pen.fillStyle = '#fff';
    this.#disc(x - 0.055, y - 0.075, 0.048, 0.052);
    pen.fillStyle = 'rgb(255 255 255 / 65%)';
    this.#disc(x + 0.07, y + 0.08, 0.024, 0.024);
  }

  /** Skin over the eye from above (-1) or below (1), up to an edge that is `bulge` lower in the middle. */
  #lid(rx: number, from: -1 | 1, edge: number, bulge: number): void {
    const pen = this.#pen;
    pen.beginPath();
    pen.moveTo(-rx * 1.1, from);
    pen.lineTo(-rx * 1.1, edge + (from > 0 ? bulge * 0.3 : bulge));
    pen.quadraticCurveTo(0, edge - bulge * (from > 0 ? 0.6 : 1), rx * 1.1, edge + (from > 0 ? bulge * 0.3 : bulge));
    pen.lineTo(rx * 1.1, from);
    const shade = pen.createLinearGradient(0, -0.3, 0, edge);
    shade.addColorStop(0, '#ffe2a6');
    shade.addColorStop(1, '#f8cd88');
    pen.fillStyle = from > 0 ? '#fcd894' : shade;
    pen.fill();
  }

  #lash(side: -1 | 1, rx: number, ry: number, lid: number): void {
    const pen = this.#pen;
    const closed = Math.max(0, lid);
    const y = -0.1 - ry + closed * ry * 1.9;
    const bulge = 0.1 - closed * 0.16;
    pen.strokeStyle = LINE;
    pen.lineCap = 'round';
    pen.lineWidth = 0.042;
    pen.beginPath();
    if (closed < 0.15) pen.ellipse(side * 0.4, -0.1, rx, ry, 0, Math.PI * 1.16, Math.PI * 1.84);
    else {
      const reach = closed < 0.5 ? rx * 1.02 : rx * 0.96;
      pen.moveTo(side * 0.4 - reach, y + bulge);
      pen.quadraticCurveTo(side * 0.4, y - bulge, side * 0.4 + reach, y + bulge);
    }
    pen.stroke();
  }

  #brow({ brow, worry }: Pose, side: -1 | 1): void {
    const pen = this.#pen;
    const y = -0.53 - brow * 0.11;
    pen.strokeStyle = LINE;
    pen.lineCap = 'round';
    pen.lineWidth = 0.07;
    pen.beginPath();
    pen.moveTo(side * 0.22, y - worry * 0.1);
    pen.quadraticCurveTo(side * 0.42, y - 0.1, side * 0.6, y + 0.03 + worry * 0.07);
    pen.stroke();
  }

  #mouth(pose: Pose): void {
    const pen = this.#pen;
    const { open, round, smile, press } = pose;
    const half = (pose.width * 0.62 + Math.max(0, smile) * 0.07) * (1 - press * 0.12);
    const corner = 0.46 - smile * 0.075 * (1 - round * 0.6);
    const middle = 0.46 + smile * 0.035;
    const up = open * (0.1 + round * 0.1);
    const down = open * (0.42 - round * 0.06) + (round > 0.5 ? 0.03 * round : 0);
    // Round lips leave the corners steeply, wide ones flatly.
    const steep = half * (0.55 + round * 0.42);
    const outline = () => {
      pen.beginPath();
      pen.moveTo(-half, corner);
      pen.bezierCurveTo(-steep, middle - up * 1.3, steep, middle - up * 1.3, half, corner);
      pen.bezierCurveTo(steep, middle + down * 1.3, -steep, middle + down * 1.3, -half, corner);
      pen.closePath();
    };
    this.#soft(0, middle + down + 0.1, half * 0.8, 0.07, 'rgb(150 80 30 / 30%)');
    outline();
    pen.save();
    pen.clip();
    const depth = pen.createLinearGradient(0, middle - up, 0, middle + down);
    depth.addColorStop(0, '#4a1218');
    depth.addColorStop(1, '#8c2b2f');
    pen.fillStyle = depth;
    pen.fillRect(-1, -1, 2, 3);
    pen.fillStyle = '#f0807c';
    this.#disc(0, middle + down * (1.12 - pose.tongue * 0.45), half * 0.62, down * 0.5 + 0.02);
    pen.fillStyle = '#fffaf0';
    pen.beginPath();
    pen.roundRect(-half * 0.8, middle - up - 0.14, half * 1.6, 0.13 + pose.teeth * 0.075 + up * 0.2, 0.05);
    pen.fill();
    pen.restore();
    outline();
    pen.strokeStyle = '#a04a3a';
    pen.lineJoin = 'round';
    pen.lineWidth = 0.036 + press * 0.012;
    pen.stroke();
  }

  #disc(x: number, y: number, rx: number, ry: number): void {
    this.#pen.beginPath();
    this.#pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
    this.#pen.fill();
  }

  /** A spot of colour that fades outwards. */
  #soft(x: number, y: number, rx: number, ry: number, colour: string): void {
    const pen = this.#pen;
    pen.save();
    pen.translate(x, y);
    pen.scale(rx, ry);
    const glow = pen.createRadialGradient(0, 0, 0, 0, 0, 1);
    glow.addColorStop(0, colour);
    glow.addColorStop(1, colour.replace(/\/ [\d.]+%/, '/ 0%'));
    pen.fillStyle = glow;
    pen.fillRect(-1, -1, 2, 2);
    pen.restore();
  }
}
