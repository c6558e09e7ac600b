import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Device } from './harness/device.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const MINUTES = 120_000;
/** Ollie is long about it. */
const STORY = 'Please tell me a story.';

describe('a gadget at the device door', () => {
  let system: System;
  let voice: TestVoice;
  let devices: Device[] = [];

  beforeAll(async () => {
    voice = new TestVoice();
    system = await startSystem();
    await system.ready();
  });
  afterEach(() => {
    for (const device of devices) device.close();
    devices = [];
  });
  afterAll(async () => {
    await Promise.all([system?.close(), voice?.close()]);
  });

  const token = (room: string, { identity = 'octopus', ...grant }: VideoGrant & { identity?: string } = {}) => {
    const { apiKey, apiSecret } = system.keys;
    const made = new AccessToken(apiKey, apiSecret, { identity, name: 'Octopus', ttl: '1h' });
    made.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true, ...grant });
    return made.toJwt();
  };
  const open = async (room: string, { id = 'octopus', query = '' } = {}) => {
    const device = await Device.open(system.url, { id, token: await token(room, { identity: id }), query });
    devices.push(device);
    return device;
  };
  const greeted = async (room: string, hello = {}) => {
    const device = await open(room);
    const welcome = await device.hello(hello);
    await until('a greeting', () => device.heardSince(0) !== undefined);
    await device.quiet();
    return { device, welcome };
  };
  const answered = async (device: Device, question: string) => {
    const saidMs = await device.speak(await voice.say(question));
    await until('an answer', () => device.heardSince(saidMs) !== undefined);
    return saidMs;
  };

  it('asks and is answered, and told what its face does in time with its sound', { timeout: MINUTES }, async () => {
    const { device, welcome } = await greeted('gadget', { screen: true });
    expect(welcome).toMatchObject({ room: 'gadget', identity: 'octopus', codec: 'pcm', resumed: false });
    const saidMs = await answered(device, 'What is your name?');
    await device.quiet();
    await until('the words', () => device.of('transcript').at(-1)?.final === true);
    const [asked, said] = device
      .of('transcript')
      .filter(({ final }) => final)
      .slice(-2);
    expect(asked).toMatchObject({ role: 'user', text: expect.stringMatching(/what is your name/i) });
    expect(said).toMatchObject({ role: 'avatar', text: expect.stringMatching(/Ollie/) });
    const sync = device.of('sync').at(-1)!;
    const first = device.heardSince(saidMs)!;
    expect(Math.abs(sync.position - first.position)).toBeLessThan(1600);
    const phonemes = device
      .of('animation')
      .filter(({ turn }) => turn === sync.turn)
      .flatMap(({ commands }) => commands.phonemes ?? []);
    expect(phonemes.length).toBeGreaterThan(10);
    // Its mouth has moved for as long as its voice was heard.
    const lastMs = Math.max(...phonemes.map(({ time_ms, duration_ms }) => time_ms + duration_ms));
    const voiceMs = (device.chunks.at(-1)!.position - first.position) / 16;
    expect(Math.abs(lastMs - voiceMs)).toBeLessThan(600);
    // Nobody watches: nothing is drawn for it.
    const { media } = system.rooms.find('gadget')!.agent!;
    expect(await media.viewers()).toMatchObject({ count: 0 });
  });

  it(
    '[T3] is silent soon after somebody speaks over the avatar, and throws away what it holds',
    { timeout: MINUTES },
    async () => {
      const { device } = await greeted('barge');
      await answered(device, STORY);
      const before = device.of('clear').length;
      const overMs = performance.now();
      await device.speak(await voice.say('Wait a moment, I have another question.'));
      const cleared = device.messages.findLastIndex(({ type }) => type === 'clear');
      expect(device.of('clear').length).toBeGreaterThan(before);
      expect(cleared).toBeGreaterThan(0);
      expect(device.lastHeard(overMs + 1500)!.atMs - overMs).toBeLessThan(700);
    },
  );

  it('stops when a button is pressed, and answers what is typed', { timeout: MINUTES }, async () => {
    const { device } = await greeted('button');
    await answered(device, STORY);
    device.send({ type: 'interrupt' });
    await until('its end', () => device.of('metadata').at(-1)?.outcome === 'interrupted');
    const typedMs = performance.now();
    device.send({ type: 'text', text: 'What is your name?' });
    await until('an answer', () => device.heardSince(typedMs) !== undefined);
  });

  it('whose line breaks comes back to its seat in mid-sentence', { timeout: MINUTES }, async () => {
    const { device, welcome } = await greeted('back');
    await answered(device, STORY);
    device.drop();
    const again = await open('back');
    expect(await again.hello({ resume: welcome.resume })).toMatchObject({ resumed: true, resume: welcome.resume });
    await until('the rest of the sentence', () => again.chunks.length > 0);
    expect(again.of('transcript').at(-1)?.role ?? 'avatar').toBe('avatar');
    expect(system.rooms.find('back')!.seats.size).toBe(1);
  });

  it('that says it wrong is told what is wrong, and disturbs nobody else', { timeout: MINUTES }, async () => {
    const healthy = await open('others', { id: 'healthy' });
    await healthy.hello();

    const foreign = await Device.open(system.url, { id: 'other', token: await token('wrong') });
    foreign.send({ type: 'hello', version: 1 });
    await until('its end', () => foreign.closed !== undefined);
    expect(foreign.of('error')).toMatchObject([{ code: 'forbidden', retryable: false }]);

    const keyless = await Device.open(system.url, { token: 'none' });
    keyless.send({ type: 'hello', version: 1 });
    await until('its end', () => keyless.closed !== undefined);
    expect(keyless.of('error')).toMatchObject([{ code: 'unauthorized' }]);

    const clumsy = await open('others', { id: 'clumsy' });
    for (const bad of ['{', '{"type":"hello"}', '{"type":"hello","version":1,"extra":1}', new Uint8Array(320)])
      clumsy.send(bad);
    await until('four errors', () => clumsy.of('error').length === 4);
    await clumsy.hello();
    for (const bad of [
      { type: 'audio', audio: 'hex:zz' },
      { type: 'played', position: -1 },
      { type: 'text', text: '' },
      { type: 'nonsense' },
    ])
      clumsy.send(bad);
    await until('eight errors', () => clumsy.of('error').length === 8);
    expect(new Set(clumsy.of('error').map(({ code }) => code))).toEqual(new Set(['bad-request', 'not-joined']));
    for (let i = 0; i < 40 && clumsy.closed === undefined; i++) clumsy.send(new Uint8Array(32_000));
    await until('its end', () => clumsy.closed !== undefined);
    expect(clumsy.of('error').at(-1)).toMatchObject({ code: 'rate-limited', retryable: true });

    expect(healthy.closed).toBeUndefined();
    expect(healthy.of('error')).toEqual([]);
  });

  it('may have sound as JSON, and send it so', { timeout: MINUTES }, async () => {
    const device = await open('json', { query: '&audio=json' });
    await device.hello();
    await until('a greeting', () => device.of('audio').length > 5);
    const [first] = device.of('audio');
    expect(Buffer.from(first!.audio, 'base64')).toHaveLength(3200);
    device.send({ type: 'audio', audio: Buffer.from(new Int16Array(320).buffer).toString('base64') });
    device.send({ type: 'audio', audio: `hex:${'0001'.repeat(320)}` });
    await until('time to pass', () => device.of('audio').length > 8);
    expect(device.of('error')).toEqual([]);
  });
});
