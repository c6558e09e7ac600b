import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { AccessToken } from 'livekit-server-sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../agents/replay/compare.ts';
import { readRecording } from '../agents/tape/read.ts';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

/** With two browsers, an agent and a test on one machine. */
const ANSWER_MS = 40_000;
const PROGRAM = path.resolve(import.meta.dirname, '../agents/replay/main.ts');

describe.skipIf(CHROMIUM === undefined)('a recorded call, in Chromium (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  let voice: TestVoice;
  /** Each in a room of its own: whom a failed one left behind keeps a seat for a while. */
  let tries = 0;

  beforeAll(async () => {
    voice = new TestVoice();
    [system, browser] = await Promise.all([
      startSystem({ agent: { recordings: { enabled: true } } }),
      launchChromium(),
    ]);
    await system.ready();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([system?.close(), voice?.close()]);
  });

  const join = async (name: string, room: string): Promise<Caller> => {
    const caller = await Caller.open(browser, `${system.url}/r/${room}?name=${name}`);
    await caller.join();
    return caller;
  };
  const record = async (caller: Caller, on: boolean) => {
    await caller.page.getByRole('button', { name: 'Devices' }).click();
    await caller.page.getByLabel('Record this call').setChecked(on);
    await caller.page.getByRole('button', { name: 'Done' }).click();
  };
  const metrics = async () => (await fetch(`${system.url}/metrics`)).text();
  const note = (caller: Caller) => caller.page.getByText(/^Recording /).first();
  const noted = async (caller: Caller) => ((await note(caller).count()) > 0 ? note(caller).textContent() : '');
  const answered = async (caller: Caller, ask: () => Promise<unknown>) => {
    const before = (await caller.log()).length;
    await ask();
    const answer = async () => (await caller.log()).slice(before).some(({ role, final }) => role === 'avatar' && final);
    await until('an answer', answer, ANSWER_MS);
    await caller.avatarQuiet();
  };
  const say = (caller: Caller, text: string) => answered(caller, async () => caller.speak(await voice.say(text)));
  const write = (caller: Caller, text: string) =>
    answered(caller, async () => {
      await caller.page.getByRole('textbox', { name: 'Message' }).fill(text);
      await caller.page.getByRole('button', { name: 'Send' }).click();
    });

  it('is recorded while a person wants it, seen by everybody, understood again in a replay, and erased', async () => {
    const recordings = path.join(system.dataDir, 'recordings');
    // There is one of a first try, where this is the second.
    const kept = () => (fs.existsSync(recordings) ? fs.readdirSync(recordings) : []);
    const before = new Set(kept());
    const room = `recorded-${tries++}`;
    const [ann, bob] = [await join('Ann', room), await join('Bob', room)];
    await ann.avatarQuiet();
    await write(ann, 'How old are you?');
    expect(kept()).toHaveLength(before.size);

    await record(ann, true);
    await until('Ann to be told', async () => (await noted(ann)) === 'Recording you');
    await until('Bob to be told', async () => (await noted(bob)) === 'Recording Ann');
    await say(ann, 'What is your name?');
    await say(ann, 'Do you like to swim in the sea?');
    await record(ann, false);
    await until('Bob to be told of the end', async () => (await noted(bob)) === '');
    await write(ann, 'Where do you live?');
    await Promise.all([ann.close(), bob.close()]);

    const conversation = kept().find(name => !before.has(name)) ?? kept()[0];
    const folder = path.join(recordings, conversation!);
    const heard = () => {
      const { events } = readRecording(folder);
      return events.flatMap(each => (each.type === 'said' && each.entry.role === 'user' ? [each.entry.text] : []));
    };
    await until('the recording to be on the disk', () => heard().length >= 2);
    expect(heard().join(' ')).toMatch(/name.*(?:swi|sea)/i);
    const { events, sound } = readRecording(folder);
    expect(JSON.stringify(events)).not.toMatch(/how old|you live/i);
    const left = events.find(({ type }) => type === 'left');
    expect(sound.at(-1)?.ms).toBeLessThanOrEqual(left?.ms ?? 0);
    const people = new Map(
      events.flatMap(each => (each.type === 'joined' ? [[each.identity, each.name] as const] : [])),
    );
    expect([...new Set(sound.map(({ identity }) => people.get(identity)))]).toEqual(['Ann']);

    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, folder, '--json'], { timeout: 60_000 });
    const { wordErrorRate, turns, replayed } = JSON.parse(stdout) as Comparison;
    expect(wordErrorRate).toBeLessThanOrEqual(0.2);
    expect(turns.length).toBeGreaterThanOrEqual(2);
    expect(replayed.median.voiceToVoice).toBeGreaterThan(0);

    const token = new AccessToken(system.keys.apiKey, system.keys.apiSecret, { identity: 'operator', ttl: '1h' });
    token.addGrant({ roomList: true, roomAdmin: true });
    const { status } = await fetch(`${system.url}/api/conversations/${conversation}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${await token.toJwt()}` },
    });
    expect(status).toBe(204);
    await until('the recording to be gone', () => !fs.existsSync(folder));
  });

  it('says so no longer where the recording ended by itself', async () => {
    const folder = path.join(system.dataDir, 'recordings');
    fs.rmSync(folder, { recursive: true, force: true });
    fs.writeFileSync(folder, 'where no folder can be made');
    const failed = async () =>
      Number(/^visavis_recordings_ended_total\{cause="failed"\} (\d+)/m.exec(await metrics())?.[1] ?? 0);
    const before = await failed();
    const ann = await join('Ann', `recorded-${tries++}`);
    await ann.avatarQuiet();
    await ann.page.getByRole('button', { name: 'Devices' }).click();
    await ann.page.getByLabel('Record this call').click();
    await until('the failure to be counted', async () => (await failed()) > before);
    await until('the note to go out', async () => (await noted(ann)) === '');
    await until('the switch to go off', async () => !(await ann.page.getByLabel('Record this call').isChecked()));
    await ann.close();
  });
});
