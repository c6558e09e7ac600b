import { expect, it } from 'vitest';
import { answer, type PortraitService } from './serve.ts';

const nobody = { imaginer: { available: false } } as PortraitService;

it.each([
  [{ type: 'dance', id: 7 }, 7],
  [{ type: 'make', id: 8, picture: 'text' }, 8],
  [{ id: 'x' }, 0],
  ['hello', 0],
  [undefined, 0],
])('answers to %j that it failed', async (message, id) => {
  expect(await answer(message, nobody)).toMatchObject({ type: 'failed', id, fault: true });
});
