import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TurnTrace } from '../../protocol/trace.ts';
import { silentLog } from '../testing/fakes.ts';
import { type OtelTurns, openOtel } from './otel.ts';

interface OtlpSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  status: { code: number };
}
interface OtlpRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: Record<string, unknown> }[] };
    scopeSpans: { spans: OtlpSpan[] }[];
  }[];
}

const TRACE: TurnTrace = {
  turnId: 't1',
  outcome: 'completed',
  source: 'voice',
  sounded: true,
  voiceToVoiceMs: 480.5,
  atMs: 1_767_607_200_000,
  cached: false,
  resumed: true,
  spans: [
    { name: 'utterance', startMs: -1200, durationMs: 1200 },
    { name: 'asr', startMs: 100.5, durationMs: 60 },
    { name: 'playout', startMs: 480.5, durationMs: 2000 },
  ],
};

let collector: http.Server;
let received: { url: string; body: OtlpRequest }[];
let status: number;
let otel: OtelTurns | undefined;
beforeEach(async () => {
  [received, status] = [[], 200];
  collector = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ url: request.url!, body: JSON.parse(body) });
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
});
afterEach(async () => {
  await otel?.close();
  collector.closeAllConnections();
  await new Promise(resolve => collector.close(resolve));
});

/** Tells this trace of a turn; everything is sent when it closes. */
async function told(trace: TurnTrace | undefined, log = silentLog): Promise<OtlpSpan[]> {
  otel = openOtel(`http://127.0.0.1:${(collector.address() as AddressInfo).port}/`, log);
  otel.listener.timed?.({} as never, {} as never, trace);
  await otel.close();
  return received.flatMap(({ body }) =>
    body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

describe('turns as OpenTelemetry spans', () => {
  it('are one span each with their steps under it, at the time at which they were', async () => {
    const spans = await told(TRACE);
    expect(received.map(({ url }) => url)).toEqual(['/v1/traces']);
    const turn = spans.find(({ name }) => name === 'turn')!;
    const steps = spans.filter(({ parentSpanId }) => parentSpanId === turn.spanId);
    expect(steps.map(({ name }) => name)).toEqual(['utterance', 'asr', 'playout']);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const [start, end] = [BigInt(steps[1]!.startTimeUnixNano), BigInt(steps[1]!.endTimeUnixNano)];
    expect(start).toBe(1_767_607_200_100_500_000n);
    expect(end - start).toBe(60_000_000n);
    expect(turn.startTimeUnixNano).toBe(steps[0]!.startTimeUnixNano);
    expect(turn.endTimeUnixNano).toBe(steps[2]!.endTimeUnixNano);
    expect(received[0]!.body.resourceSpans[0]!.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'visavis' },
    });
  });

  it('[P1] say what became of a turn, and nothing of who said what', async () => {
    const spans = await told({ ...TRACE, outcome: 'failed' });
    const turn = spans.find(({ name }) => name === 'turn')!;
    expect(Object.fromEntries(turn.attributes.map(({ key, value }) => [key, Object.values(value)[0]]))).toEqual({
      'visavis.turn.id': 't1',
      'visavis.turn.outcome': 'failed',
      'visavis.turn.source': 'voice',
      'visavis.turn.cached': false,
      'visavis.turn.resumed': true,
      'visavis.turn.voice_to_voice_ms': 480.5,
    });
    expect(turn.status.code).toBe(2);
  });

  it('are nothing for a turn that was not traced', async () => {
    expect(await told(undefined)).toEqual([]);
  });

  it('are given up where the collector refuses them, and the log says so', async () => {
    status = 400;
    let lines = '';
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines += chunk;
        done();
      },
    });
    await told(TRACE, pino(sink));
    expect(lines).toContain('the OTLP collector takes no spans');
  });
});
