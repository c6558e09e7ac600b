import { expect, it } from 'vitest';
import { FunAsrServer } from '../../../test/vendors/funasr.ts';
import { sayingOf } from '../../../test/vendors/hearing.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { funAsrRecognizer } from './recognizer.ts';

it('FunASR that says nothing where it heard nothing is not waited for', async () => {
  const server = new FunAsrServer();
  server.isTaciturn = true;
  await server.open();
  const clock = new VirtualClock();
  const recognizer = funAsrRecognizer({ baseUrl: server.baseUrl, hotwords: {}, itn: true, timeoutMs: 3000, clock });
  const partials: string[] = [];
  const stream = recognizer.open('ann', { partial: text => partials.push(text) });
  stream.push(new Int16Array(8000));
  await expect.poll(() => server.heardBytes).toBe(16_000);
  const settling = stream.settle({ signal: new AbortController().signal });
  await clock.advance(1200);
  expect((await settling).text).toBe('');
  // Words of both passes, without the marks that SenseVoice puts before them.
  for (const word of ['apples', 'bananas']) stream.push(sayingOf(word).pcm);
  await expect.poll(() => partials.at(-1)).toBe('apples bananas');
  stream.close();
  await expect.poll(() => server.connections).toBe(0);
  await clock.advance(10_000);
  expect([server.problems, clock.pending]).toEqual([[], 0]);
  await server.close();
});
