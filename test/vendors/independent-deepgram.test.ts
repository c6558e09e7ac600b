/** Nobody marks their own work: our servers of Deepgram, by Deepgram's own client. */
import { DeepgramClient } from '@deepgram/sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../harness/system.ts';
import { AuraServer } from './aura.ts';
import { DeepgramServer } from './deepgram.ts';
import { FluxServer } from './flux.ts';
import { sayingOf } from './hearing.ts';
import { closeSpeaking, speaking } from './speaking.ts';
import type { VendorServer } from './vendor-server.ts';

afterAll(() => closeSpeaking());

const clientOf = (server: VendorServer) =>
  new DeepgramClient({ apiKey: 'secret', baseUrl: server.baseUrl.replace('http', 'ws'), reconnect: false });
const SOUND = { encoding: 'linear16', sample_rate: '16000' } as const;

async function closed(server: VendorServer): Promise<void> {
  await until('its end', () => server.connections === 0);
  expect(server.problems).toEqual([]);
  await server.close();
}

describe('our servers of Deepgram are understood by Deepgram’s own client', () => {
  it('that has them listen', async () => {
    const server = new DeepgramServer();
    await server.open();
    const socket = await clientOf(server).listen.v1.connect({
      ...SOUND,
      model: 'nova-3',
      interim_results: 'true',
      reconnectAttempts: 0,
    });
    const told: [string, boolean][] = [];
    socket.on('message', message => {
      if (message.type !== 'Results' || !('is_final' in message)) return;
      told.push([message.channel.alternatives[0]!.transcript, message.is_final === true]);
    });
    socket.connect();
    await socket.waitForOpen();
    socket.sendMedia(sayingOf('apples').pcm);
    socket.sendFinalize({ type: 'Finalize' });
    await until('the words', () => told.some(([, isFinal]) => isFinal));
    expect(told).toEqual([
      ['apples', false],
      ['apples', true],
    ]);
    socket.sendCloseStream({ type: 'CloseStream' });
    await closed(server);
  });

  it('that has Flux hear the end of a turn', async () => {
    const server = new FluxServer();
    await server.open();
    const socket = await clientOf(server).listen.v2.connect({
      ...SOUND,
      sample_rate: '16000',
      model: 'flux-general-en',
      eager_eot_threshold: 0.4,
      reconnectAttempts: 0,
    });
    const told: string[] = [];
    let words = '';
    socket.on('message', message => {
      if (message.type !== 'TurnInfo' || !('event' in message)) return;
      told.push(message.event);
      words = message.transcript;
    });
    socket.connect();
    await socket.waitForOpen();
    socket.sendMedia(sayingOf('apples').pcm);
    for (let i = 0; i < 10; i++) socket.sendMedia(new Int16Array(1280));
    await until('the end', () => told.includes('EndOfTurn'));
    expect(told.filter(event => event !== 'Update')).toEqual(['StartOfTurn', 'EagerEndOfTurn', 'EndOfTurn']);
    expect(words).toBe('apples');
    socket.sendCloseStream({ type: 'CloseStream' });
    await closed(server);
  });

  it('that has Aura speak', async () => {
    const server = new AuraServer();
    await server.open();
    const socket = await clientOf(server).speak.v1.connect({
      model: 'aura-2-thalia-en',
      encoding: 'linear16',
      sample_rate: '24000',
      reconnectAttempts: 0,
    });
    let bytes = 0;
    let isFlushed = false;
    socket.on('message', message => {
      if (typeof message === 'string') return;
      if ('size' in message) bytes += Number(message.size);
      else if (message.type === 'Flushed') isFlushed = true;
    });
    socket.connect();
    await socket.waitForOpen();
    socket.sendText({ type: 'Speak', text: 'So am I.' });
    socket.sendFlush({ type: 'Flush' });
    await until('all of it', () => isFlushed);
    expect(bytes).toBe(2 * (await speaking('So am I.', 24_000)).pcm.length);
    socket.sendClose({ type: 'Close' });
    await closed(server);
  });
});
