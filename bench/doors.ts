/**
 * Gadgets at the device door, paced in real time: from the last sample of a question to the first chunk of its answer,
 * from the first word over an answer to its last chunk, and turns that a device makes of its own voice, which comes back
 * half as loud and 200 ms later. `DOORS_ECHO_MINUTES` (10) is how long that is listened for.
 */
import { AccessToken } from 'livekit-server-sdk';
import { Device } from '../test/harness/device.ts';
import { spread } from '../test/harness/stats.ts';
import { type System, startSystem, until } from '../test/harness/system.ts';
import { TestVoice } from '../test/harness/voice.ts';
import { pause, SHORT } from './load/product.ts';

const QUESTIONS = ['What is your name?', 'Do you like to swim?', 'How are you today?', 'Who are you?'];
const ROUNDS = SHORT ? 4 : 20;
const ECHO_MINUTES = Number(process.env.DOORS_ECHO_MINUTES ?? (SHORT ? 1 : 10));
const ECHO = { delayMs: 200, gain: 0.5 };

export async function bench(): Promise<object> {
  const voice = new TestVoice();
  const system = await startSystem();
  try {
    await system.ready();
    const answers: number[] = [];
    const bargeIns: number[] = [];
    const device = await opened(system, 'answers');
    for (let i = 0; i < ROUNDS; i++) {
      await device.quiet();
      const saidMs = await device.speak(await voice.say(QUESTIONS[i % QUESTIONS.length]!));
      await until('an answer', () => device.heardSince(saidMs) !== undefined);
      answers.push(device.heardSince(saidMs)!.atMs - saidMs);
    }
    for (let i = 0; i < ROUNDS / 2; i++) {
      await device.quiet();
      const saidMs = await device.speak(await voice.say('Please tell me a story.'));
      await until('an answer', () => device.heardSince(saidMs) !== undefined);
      await pause(1500);
      const overMs = performance.now();
      await device.speak(await voice.say('Wait a moment, I have another question for you.'));
      bargeIns.push(Math.max(0, (device.lastHeard(overMs + 2500)?.atMs ?? overMs) - overMs));
    }
    device.close();
    const result = {
      deviceVoiceToVoiceMs: spread(answers),
      deviceBargeInMs: spread(bargeIns),
      deviceEchoTurns: await echoTurns(system, voice),
      echoMinutes: ECHO_MINUTES,
    };
    return result;
  } finally {
    await Promise.all([system.close(), voice.close()]);
  }
}

/** Somebody asks for stories; whatever else is taken for a person's is the avatar's own voice. */
async function echoTurns(system: System, voice: TestVoice): Promise<number> {
  const device = await opened(system, 'echo', '&played=frames');
  device.echo(ECHO);
  let asked = 0;
  const endMs = performance.now() + ECHO_MINUTES * 60_000;
  while (performance.now() < endMs) {
    await device.quiet(2000);
    await device.speak(await voice.say('Please tell me a story.'));
    asked += 1;
    await pause(3000);
  }
  await device.quiet(2000);
  const said = device.of('transcript').filter(({ role, final }) => role === 'user' && final);
  device.close();
  return new Set(said.map(({ id }) => id)).size - asked;
}

async function opened(system: System, room: string, query = ''): Promise<Device> {
  const { apiKey, apiSecret } = system.keys;
  const token = new AccessToken(apiKey, apiSecret, { identity: 'octopus', name: 'Octopus', ttl: '1h' });
  token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true });
  const device = await Device.open(system.url, { token: await token.toJwt(), query });
  await device.hello();
  await until('a greeting', () => device.heardSince(0) !== undefined);
  return device;
}
