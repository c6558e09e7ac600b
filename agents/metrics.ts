import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FeelingSource } from '../protocol/feelings.ts';
import type { CacheOutcome } from './cache/speech.ts';
import type { MediaStats } from './media/messages.ts';
import type { SessionMetrics } from './session/ports.ts';
import type { EyesStats } from './sight/eyes.ts';
import type { ToolOutcome } from './think/tools/ports.ts';

export type AgentMetrics = ReturnType<typeof createAgentMetrics>;

/** Names of tools that are told apart; persona files may change, and the figures stay bounded. */
const MOST_TOOLS = 100;

type Counted = { [K in keyof MediaStats]: MediaStats[K] };

/** The figures of one agent host; the server collects and sums them. */
export function createAgentMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'visavis_agent_' });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });

  const frames = counter('visavis_avatar_frames_total', 'Pictures of avatars, by what became of them', ['outcome']);
  const seconds = counter('visavis_avatar_frame_seconds_total', 'Time spent on pictures, by step', ['step']);
  const degradations = counter(
    'visavis_face_degradations_total',
    'Steps of faces on the ladder of what they do with less, by the rung that was reached',
    ['level', 'direction'],
  );
  const faceLevels = new Gauge({
    name: 'visavis_face_levels',
    help: 'Faces on each rung of the ladder',
    labelNames: ['level'],
    registers,
  });
  const faceReplacements = counter(
    'visavis_face_replacements_total',
    'Face threads that were replaced in the middle of a conversation',
    ['reason'],
  );
  const keyframes = counter('visavis_avatar_keyframes_total', 'Keyframes sent');
  const videoBytes = counter('visavis_avatar_video_bytes_total', 'Encoded video sent');
  const underruns = counter('visavis_avatar_audio_underruns_total', 'Voice frames that were due before they existed');
  const packets = counter('visavis_rtp_received_packets_total', 'Voice packets from people, by what became of them', [
    'outcome',
  ]);
  const jitter = new Gauge({
    name: 'visavis_rtp_jitter_seconds',
    help: 'Interarrival jitter of the worst voice',
    registers,
  });
  const interruptions = counter(
    'visavis_interruptions_total',
    'Times somebody spoke over the avatar, by what it turned out to be',
    ['outcome'],
  );
  const utterances = counter('visavis_utterances_total', 'Utterances understood');
  const errors = counter('visavis_provider_errors_total', 'Provider failures', ['stage', 'category']);
  const fallbacks = counter(
    'visavis_dialogue_fallbacks_total',
    'Answers given by the embedded dialogue because the endpoint failed',
    ['category'],
  );
  const speechFallbacks = counter(
    'visavis_speech_fallbacks_total',
    'Sentences said by the embedded voice because the endpoint failed',
    ['category'],
  );
  const mouthEstimates = counter(
    'visavis_mouth_estimates_total',
    'Sentences whose lips follow the sound alone, by why they could not be fitted to the words',
    ['reason'],
  );
  const recognizerRestarts = counter(
    'visavis_recognizer_restarts_total',
    'Times the recognizer process was started again',
  );
  const recognizerLoad = new Gauge({
    name: 'visavis_recognizer_load_seconds',
    help: 'How long the models took to load',
    registers,
  });

  const cached = counter('visavis_cache_requests_total', 'Questions to the caches, by what became of them', [
    'cache',
    'outcome',
  ]);
  const sensed = counter('visavis_feelings_sensed_total', 'Readings of how people feel, by the sense', ['source']);
  const toolCalls = counter('visavis_tool_calls_total', 'Tools that language models called, by what became of it', [
    'tool',
    'outcome',
  ]);
  const toolSeconds = new Histogram({
    name: 'visavis_tool_seconds',
    help: 'How long tools took to answer, or to fail',
    labelNames: ['tool'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const tools = new Set<string>();

  const session: SessionMetrics = {
    interruption: outcome => interruptions.inc({ outcome }),
    utterance: () => utterances.inc(),
    providerError: (stage, category) => errors.inc({ stage, category }),
  };
  return {
    registry,
    session,
    fallback: (category: string) => fallbacks.inc({ category }),
    speechFallback: (category: string) => speechFallbacks.inc({ category }),
    mouthEstimate: (reason: string) => mouthEstimates.inc({ reason }),
    jobs: new Gauge({ name: 'visavis_agent_jobs', help: 'Conversations carried', registers }),
    cached: (cache: 'answers' | 'speech', outcome: CacheOutcome) => cached.inc({ cache, outcome }),
    sensed: (source: FeelingSource) => sensed.inc({ source }),
    /** @param name absent: there is no such tool  @param tookMs absent: nothing was sent */
    toolCalled(outcome: ToolOutcome, name?: string, tookMs?: number): void {
      if (name !== undefined && tools.size < MOST_TOOLS) tools.add(name);
      const tool = name !== undefined && tools.has(name) ? name : 'other';
      toolCalls.inc({ tool, outcome });
      if (tookMs !== undefined) toolSeconds.observe({ tool }, tookMs / 1000);
    },
    /** Counts what the eyes do from now on; `stats` are theirs, and grow. */
    eyes(stats: EyesStats): void {
      const follow = (name: string, help: string, value: () => number) =>
        new Counter({
          name,
          help,
          registers,
          collect() {
            this.reset();
            this.inc(value());
          },
        });
      follow('visavis_camera_frames_decoded_total', 'Camera pictures decoded', () => stats.framesDecoded);
      follow('visavis_camera_frames_dropped_total', 'Camera pictures nobody had time for', () => stats.framesDropped);
      follow('visavis_faces_read_total', 'Faces looked at for feelings', () => stats.facesRead);
      follow('visavis_face_reading_seconds_total', 'Time spent on reading faces', () => stats.faceReadMs / 1000);
      follow('visavis_eyes_restarts_total', 'Times the thread that sees was replaced', () => stats.restarts);
    },
    recognizerRestarted: () => recognizerRestarts.inc(),
    recognizerLoaded: (loadMs: number) => recognizerLoad.set(loadMs / 1000),
    faceStepped: (level: string, direction: string) => degradations.inc({ level, direction }),
    /** One face more (1) or less (-1) is on this rung. */
    faceLevel: (level: string, change: 1 | -1) => faceLevels.inc({ level }, change),
    faceReplaced: (reason: string) => faceReplacements.inc({ reason }),
    /** Adds the difference between two readings of one conversation's counters. */
    media(now: Counted, before: Counted | undefined): void {
      const grown = (key: keyof MediaStats) => Math.max(0, now[key] - (before?.[key] ?? 0));
      frames.inc({ outcome: 'sent' }, grown('framesSent'));
      frames.inc({ outcome: 'dropped' }, grown('framesDropped'));
      frames.inc({ outcome: 'late' }, grown('framesLate'));
      frames.inc({ outcome: 'failed' }, grown('framesFailed'));
      seconds.inc({ step: 'render' }, grown('renderMs') / 1000);
      seconds.inc({ step: 'encode' }, grown('encodeMs') / 1000);
      keyframes.inc(grown('keyframes'));
      videoBytes.inc(grown('videoBytes'));
      underruns.inc(grown('underruns'));
      packets.inc({ outcome: 'received' }, grown('rtpReceived'));
      packets.inc({ outcome: 'lost' }, grown('rtpLost'));
      packets.inc({ outcome: 'recovered' }, grown('rtpRecovered'));
      packets.inc({ outcome: 'late' }, grown('rtpLate'));
      jitter.set(now.jitterMs / 1000);
    },
  };
}
