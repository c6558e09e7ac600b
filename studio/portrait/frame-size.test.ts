import { expect, it, vi } from 'vitest';
import { drawn } from '../testing/pictures.ts';
import { frame } from './frame.ts';
import type * as sniffing from './sniff.ts';

// Whatever way there may be to make a file that a decoder reads differently.
vi.mock('./sniff.ts', async original => ({
  ...(await original<typeof sniffing>()),
  sniff: (): sniffing.ImageHeader => ({ type: 'jpeg', width: 16, height: 16, ended: true }),
}));

it('a picture that is decoded to another size than its header says is refused', async () => {
  const file = await drawn(512, 512, (context, image) => context.drawImage(image, 0, 0));
  await expect(frame(file)).rejects.toMatchObject({ code: 'broken-image' });
});
