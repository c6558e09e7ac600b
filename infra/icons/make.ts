/** Makes the page's icons in pixels of its drawing: `node infra/icons/make.ts` after a change of `icon.svg`. */
import fs from 'node:fs';
import path from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';

const PUBLIC = path.resolve(import.meta.dirname, '../../client/public');
const BACKGROUND = '#2f6f62';
/** What of a maskable icon is never cut away lies within this share of its width. */
const SAFE = 0.8;

const drawing = fs.readFileSync(path.join(PUBLIC, 'icon.svg'));

async function make(name: string, size: number, share: number): Promise<void> {
  const canvas = createCanvas(size, size);
  const context = canvas.getContext('2d');
  const image = await loadImage(drawing);
  const side = size * share;
  // Drawn anew in this size, not enlarged.
  image.width = side;
  image.height = side;
  if (share < 1) {
    context.fillStyle = BACKGROUND;
    context.fillRect(0, 0, size, size);
  }
  context.drawImage(image, (size - side) / 2, (size - side) / 2, side, side);
  fs.writeFileSync(path.join(PUBLIC, name), canvas.toBuffer('image/png'));
}

await make('icon-192.png', 192, 1);
await make('icon-512.png', 512, 1);
await make('icon-maskable-512.png', 512, SAFE);
