import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnimationMessage } from '../protocol/animation.ts';
import { SIGNALING_VERSION } from '../protocol/signaling.ts';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { connectSocket, fetchToken, request } from './harness/peer.ts';
import { type System, startSystem, until } from './harness/system.ts';

describe.skipIf(CHROMIUM === undefined)('reduced motion (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
    await system.ready();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  it('reaches the avatar when somebody joins and when they change it, as long as nobody who watches minds', async () => {
    const caller = await Caller.open(browser, `${system.url}/r/calm?name=Ann`);
    await caller.page.emulateMedia({ reducedMotion: 'reduce' });
    await caller.join();

    const socket = connectSocket(system.url);
    /** As the avatar's own animation tells it. */
    let reduced: boolean | undefined;
    socket.on('animation', (message: unknown) => {
      for (const event of AnimationMessage.parse(message).events)
        if (event.type === 'expression') reduced = event.reduced_motion === true;
    });
    const token = await fetchToken(system.url, 'calm', 'Bob');
    await request(socket, 'join', { version: SIGNALING_VERSION, token, reducedMotion: true });
    await request(socket, 'animation.subscribe', {});
    await until('the avatar to move calmly', () => reduced === true);
    await request(socket, 'motion', { reduced: false });
    await until('it to move again for Bob', () => reduced === false);
    await request(socket, 'motion', { reduced: true });
    await until('it to move calmly again', () => reduced === true);
    await caller.page.emulateMedia({ reducedMotion: 'no-preference' });
    await until('it to move again for Ann', () => reduced === false);
    expect(caller.errors).toEqual([]);
    socket.disconnect();
    await caller.close();
  });
});
