import { execFile } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { AccessToken } from 'livekit-server-sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversation, ConversationList, TraceList } from '../protocol/conversations.ts';
import { MetricsSummary } from '../protocol/rest.ts';
import { TurnTrace } from '../protocol/trace.ts';
import { Caller, CHROMIUM, launchChromium, onset } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const LONG_QUESTION = 'Please tell me a long story about the sea.';
const QUESTION = 'Do you like to swim in the sea?';
/** Pages report every ten seconds, and the router's streams are looked at as often. */
const REPORTED_MS = 30_000;

describe.skipIf(CHROMIUM === undefined)('what operators see of a call (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  let voice: TestVoice;
  let caller: Caller;
  /** What an OpenTelemetry collector got. */
  const spans: { name: string }[] = [];
  const collector = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] };
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(scope => scope.spans)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const scrape = async () => (await fetch(`${system.url}/metrics`)).text();
  /** The sum of a family's samples with these labels. */
  const figure = (text: string, name: string, labels = '') =>
    text
      .split('\n')
      .filter(line => line.startsWith(`${name} `) || (line.startsWith(`${name}{`) && line.includes(labels)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  beforeAll(async () => {
    voice = new TestVoice();
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const otlpEndpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    [system, browser] = await Promise.all([startSystem({ otlpEndpoint }), launchChromium()]);
    await system.ready();
    caller = await Caller.open(browser, `${system.url}/r/watched?name=Ann`);
    await caller.join();
    await until('the greeting', async () => (await caller.log()).some(({ role }) => role === 'avatar'));
    await caller.avatarQuiet();
    const { endS } = await caller.speak(await voice.say(QUESTION));
    await until('an answer', async () => onset(await caller.loudness(endS), endS) !== undefined);
    await caller.avatarQuiet();
  }, 120_000);
  afterAll(async () => {
    await caller?.close();
    await browser?.close();
    await Promise.all([system?.close(), voice?.close()]);
    collector.closeAllConnections();
    collector.close();
  });

  /** On a busy machine the face may be left out for a while, and with it the picture that is looked for. */
  const leftOut = (text: string) => figure(text, 'visavis_face_degradations_total', 'level="voice-only"') > 0;
  const ask = async <T>(path: string): Promise<T> => {
    const token = new AccessToken(system.keys.apiKey, system.keys.apiSecret, { identity: 'operator', ttl: 60 });
    token.addGrant({ roomList: true });
    const headers = { authorization: `Bearer ${await token.toJwt()}` };
    return (await fetch(`${system.url}${path}`, { headers })).json() as Promise<T>;
  };

  it('has the turn in the histograms, step by step, and every process with what it uses', async () => {
    const text = await scrape();
    expect(figure(text, 'visavis_turns_total', 'source="voice"')).toBe(1);
    expect(figure(text, 'visavis_turn_voice_to_voice_seconds_count')).toBe(1);
    const events = ['endpoint', 'transcript', 'first-token', 'first-sentence', 'first-audio'];
    for (const event of leftOut(text) ? events : [...events, 'first-frame'])
      expect(figure(text, 'visavis_turn_until_seconds_count', `event="${event}"`), event).toBe(1);
    expect(figure(text, 'visavis_provider_calls_total', 'stage="asr",provider="sherpa"')).toBeGreaterThan(0);
    expect(figure(text, 'visavis_provider_audio_seconds_total', 'stage="tts"')).toBeGreaterThan(1);
    expect(figure(text, 'visavis_conversation_seconds_total')).toBeGreaterThan(3);
    expect(figure(text, 'visavis_agent_child_resident_bytes', 'process="recognizer"')).toBeGreaterThan(1e7);
    expect(figure(text, 'visavis_server_child_resident_bytes', 'process="media-worker"')).toBeGreaterThan(1e6);
    expect(figure(text, 'visavis_avatar_video_target_bytes_per_second')).toBeGreaterThan(0);
    // A family is told once, or Prometheus refuses the whole scrape.
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(match => match[1]);
    expect(new Set(families).size).toBe(families.length);
  });

  it('has every figure that a dashboard or an alert asks for', async () => {
    const text = await scrape();
    const families = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(match => match[1]!));
    const folder = path.resolve('infra/grafana/dashboards');
    const files = [...fs.readdirSync(folder).map(name => path.join(folder, name)), 'infra/prometheus/alerts.yml'];
    const asked = files.flatMap(file => fs.readFileSync(file, 'utf8').match(/\bvisavis_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(50);
    const missing = asked.filter(
      name => !families.has(name) && !families.has(name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  it('is summed up as JSON for who asks for that', async () => {
    const response = await fetch(`${system.url}/metrics`, { headers: { accept: 'application/json' } });
    const summary = MetricsSummary.parse(await response.json());
    expect(summary).toMatchObject({ active_connections: 1, rooms: 1, participants: 1, conversations: 1, turns: 2 });
    expect(summary.avg_response_time).toBeGreaterThan(0.1);
    expect(summary.memory_usage_gb).toBeGreaterThan(0.1);
    expect(summary.total_requests).toBeGreaterThan(3);
  });

  it('has every turn explained in the API, in order of time, and the same on the page', async () => {
    const { conversations } = await ask<ConversationList>('/api/conversations?room=watched');
    const { id } = conversations[0]!;
    const { messages } = await ask<Conversation>(`/api/conversations/${id}`);
    const asked = messages.find(({ role }) => role === 'user')!;
    const trace = TurnTrace.parse(await ask(`/api/conversations/${id}/turns/${asked.turnId}/trace`));
    expect(trace).toMatchObject({ source: 'voice', outcome: 'completed', sounded: true });
    const at = (name: string) => trace.spans.find(span => span.name === name)!;
    expect(at('utterance').startMs).toBeLessThan(-1000);
    expect(at('playout').startMs).toBeCloseTo(trace.voiceToVoiceMs, 0);
    for (const name of ['endpointing', 'asr', 'memory', 'first-token', 'first-sentence', 'tts'])
      expect(at(name).startMs, name).toBeLessThan(trace.voiceToVoiceMs);
    const frame = trace.spans.find(({ name }) => name === 'first-frame');
    if (!leftOut(await scrape())) expect(frame!.startMs + frame!.durationMs).toBeLessThan(trace.voiceToVoiceMs + 500);
    expect((await ask<TraceList>(`/api/conversations/${id}/turns`)).turns.map(({ source }) => source)).toEqual([
      'greeting',
      'voice',
    ]);

    const { page } = caller;
    const panel = page.getByRole('region', { name: 'Turn timings' });
    expect(await panel.count()).toBe(0);
    await page.getByRole('button', { name: 'Devices' }).click();
    await page.getByRole('checkbox', { name: 'Show how quick answers are' }).check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Turn timings', exact: true }).click();
    const [newest] = await panel
      .locator('article')
      .evaluateAll(turns => turns.map(turn => turn.getAttribute('data-turn')));
    expect(newest).toBe(asked.turnId);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('goes to an OpenTelemetry collector, turn by turn', async () => {
    await until('both turns', () => spans.filter(({ name }) => name === 'turn').length === 2);
    expect(new Set(spans.map(({ name }) => name))).toContain('endpointing');
  });

  it('is printed by npm run trace, with the settings of the server or a token', async () => {
    const run = promisify(execFile);
    const env = { ...process.env, PORT: new URL(system.url).port, VISAVIS_DATA_DIR: system.dataDir };
    const { stdout } = await run(process.execPath, ['server/trace/main.ts'], { env });
    expect(stdout).toMatch(/^\S+Z {2}greeting, completed, /m);
    expect(stdout).toMatch(/^\S+Z {2}voice, (completed|cached), .*voice to voice \d+ ms/m);
    expect(stdout).toMatch(/^ {2}endpointing +0 +\d+ .*█/m);
    const refused = await run(process.execPath, ['server/trace/main.ts', '--url', system.url, '--token', 'none']).catch(
      error => error as { code: number; stderr: string },
    );
    expect(refused).toMatchObject({ code: 1, stderr: expect.not.stringContaining('    at ') });
  });

  it('has how voice and picture arrive at the page, and what the router counts', async () => {
    await until(
      'the page’s report',
      async () => /visavis_playout_delay_seconds_count [1-9]/.test(await scrape()),
      REPORTED_MS,
    );
    await until(
      'a look at the streams',
      async () => figure(await scrape(), 'visavis_stream_packets_total') > 0,
      REPORTED_MS,
    );
    const text = await scrape();
    expect(figure(text, 'visavis_stream_packets_total', 'direction="sent",peer="person",kind="video"')).toBeGreaterThan(
      10,
    );
    expect(
      figure(text, 'visavis_stream_packets_total', 'direction="received",peer="agent",kind="audio"'),
    ).toBeGreaterThan(10);
    // Playout times are known to the browser only some seconds into the call: it is asked again.
    const compared = async () => figure(await scrape(), 'visavis_av_offset_seconds_count');
    await until(
      'voice and picture to be compared',
      async () => {
        const { endS } = await caller.speak(await voice.say(LONG_QUESTION));
        await until('an answer', async () => onset(await caller.loudness(endS), endS) !== undefined);
        await caller.avatarQuiet();
        return (await compared()) > 0;
      },
      90_000,
    );
    expect(figure(await scrape(), 'visavis_av_offset_seconds_sum') / (await compared())).toBeLessThan(1);
  });
});
