import { pino } from 'pino';
import { systemClock } from '../../agents/base/clock.ts';
import { openMinds } from '../../agents/talk/minds.ts';
import { TextCall } from '../../agents/talk/text-call.ts';
import { loadSettings } from '../../settings/load.ts';
import type { Hold } from './cases.ts';

/** Holds conversations as `npm run talk` does, with what answers on this machine without a key. */
export async function openHold(): Promise<{ hold: Hold; tookMs: number[]; close(): Promise<void> }> {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = process.env;
  const { agent: config } = loadSettings(env, 'agent');
  const minds = await openMinds(config, env, pino({ level: 'warn' }, pino.destination(2)));
  const tookMs: number[] = [];
  const hold: Hold = async (id, name, lines) => {
    const persona = minds.personas.get(id);
    if (persona === undefined) throw new Error(`there is no persona ${id} in ${config.personas}`);
    const report = (problem: string, error: unknown) => console.error(`${problem}: ${error}`);
    const call = new TextCall(name, { persona, dialogue: minds.dialogue, clock: systemClock, report });
    const answers = [avatarIn(await call.greeted())];
    for (const line of lines) {
      const beganMs = performance.now();
      answers.push(avatarIn(await call.say(line)));
      tookMs.push(performance.now() - beganMs);
    }
    await call.close();
    return answers;
  };
  return { hold, tookMs, close: () => minds.close() };
}

const avatarIn = (lines: Awaited<ReturnType<TextCall['greeted']>>) =>
  lines.find(({ entry }) => entry.role === 'avatar')?.entry.text ?? '';
