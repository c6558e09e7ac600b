/** Turns as OpenTelemetry spans. Loaded only where an endpoint is set: it is 20 MB of code that most do without. */
import { trace as api, type HrTime, ROOT_CONTEXT, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { TurnSpan, TurnTrace } from '../../protocol/trace.ts';
import type { RoomListener } from '../rooms/listeners.ts';

/** [C2] Some thirty turns wait; when the collector is away longer, later ones are not told. */
const MAX_WAITING = 512;
const EVERY_MS = 2000;
const EXPORT_TIMEOUT_MS = 3000;

export interface OtelTurns {
  readonly listener: Partial<RoomListener>;
  /** Sends what waits, within seconds. */
  close(): Promise<void>;
}

/** @param endpoint of an OTLP collector that speaks HTTP, e.g. `http://localhost:4318` */
export function openOtel(endpoint: string, log: Logger): OtelTurns {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/(?<!\/)\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': 'visavis' })),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: reporting(exporter, log),
        maxQueueSize: MAX_WAITING,
        maxExportBatchSize: MAX_WAITING,
        scheduledDelayMillis: EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('visavis');
  return {
    listener: {
      timed: (_room, _timing, trace) => {
        if (trace !== undefined) tell(tracer, trace);
      },
    },
    close: () => provider.shutdown().catch(() => {}),
  };
}

/** The steps under one span for the turn. Nothing that was said, and nobody's name [P1]. */
function tell(tracer: Tracer, { turnId, atMs, outcome, source, sounded, voiceToVoiceMs, ...trace }: TurnTrace): void {
  const { spans, cached, resumed } = trace;
  const endOf = ({ startMs, durationMs }: TurnSpan) => startMs + durationMs;
  const at = (ms: number): HrTime => {
    const unixMs = atMs + ms;
    const seconds = Math.floor(unixMs / 1000);
    return [seconds, Math.round((unixMs - seconds * 1000) * 1e6)];
  };
  const turn = tracer.startSpan(
    'turn',
    {
      root: true,
      startTime: at(Math.min(0, ...spans.map(({ startMs }) => startMs))),
      attributes: {
        'visavis.turn.id': turnId,
        'visavis.turn.outcome': outcome,
        'visavis.turn.source': source,
        'visavis.turn.cached': cached,
        'visavis.turn.resumed': resumed,
        ...(sounded && { 'visavis.turn.voice_to_voice_ms': voiceToVoiceMs }),
      },
    },
    ROOT_CONTEXT,
  );
  if (outcome === 'failed') turn.setStatus({ code: SpanStatusCode.ERROR });
  const within = api.setSpan(ROOT_CONTEXT, turn);
  for (const span of spans) tracer.startSpan(span.name, { startTime: at(span.startMs) }, within).end(at(endOf(span)));
  turn.end(at(Math.max(0, ...spans.map(endOf))));
}

/** Says once that the collector takes nothing, and once that it does again. */
function reporting(exporter: SpanExporter, log: Logger): SpanExporter {
  let failing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, result => {
        const failed = result.error !== undefined;
        if (failed && !failing) log.warn({ reason: result.error?.message }, 'the OTLP collector takes no spans');
        if (!failed && failing) log.info('the OTLP collector takes spans again');
        failing = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush !== undefined && { forceFlush: () => exporter.forceFlush!() }),
  };
}
