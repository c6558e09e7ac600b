import type { LogEntry } from '../../protocol/conversation.ts';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { EndpointingOptions } from '../listen/endpoint/endpointing.ts';
import type { EndOfTurn, Recognizer, VoiceActivityProvider } from '../listen/ports.ts';
import { TextResponder } from '../respond/text.ts';
import { Session } from '../session/session.ts';
import type { TextToSpeech } from '../speak/ports.ts';
import type { RecordedEvent } from '../tape/format.ts';
import type { Recorded, RecordedSound } from '../tape/read.ts';
import type { Summariser } from '../think/memory.ts';
import type { Dialogue, Persona } from '../think/ports.ts';
import type { ReplayClock } from './replay-clock.ts';
import { virtualDialogue, virtualSpeech, virtualSummariser, virtualVad } from './virtual-parts.ts';
import { VirtualPlayout } from './virtual-playout.ts';

/** After the last that was recorded, what is still being said is listened to for so long. */
const LINGER_MS = 120_000;

/** Who listens, answers and speaks this time. */
export interface ReplayParts {
  vad: VoiceActivityProvider;
  /** It takes its time on the clock of the replay. */
  recognizer: Recognizer;
  endOfTurn?: EndOfTurn;
  endpointing?: EndpointingOptions;
  tts: TextToSpeech;
  /** It calls no tools: what they do was done. */
  dialogue: Dialogue;
  summariser?: Summariser;
  persona: Persona;
}

/** What was understood and answered, and how long that took. */
export interface Outcome {
  /** Final ones, in order. */
  entries: LogEntry[];
  traces: TurnTrace[];
}

/** How it was when it was recorded. */
export function recordedOutcome({ events }: Recorded): Outcome {
  return {
    entries: events.flatMap(each => (each.type === 'said' || each.type === 'typed' ? [each.entry] : [])),
    traces: events.flatMap(each => (each.type === 'turn' ? [each.trace] : [])),
  };
}

/**
 * Holds a recorded conversation once more. Nothing is learned, sensed or looked at: a replay has no effect on anything.
 * @param problem told what a provider failed with; the conversation goes on as a call would
 */
export async function replay(
  { manifest, events, sound }: Recorded,
  parts: ReplayParts,
  clock: ReplayClock,
  problem: (what: string, error: unknown) => void = () => {},
): Promise<Outcome> {
  const entries = new Map<string, LogEntry>();
  const traces: TurnTrace[] = [];
  let ids = 0;
  const session: Session = new Session(
    {
      clock,
      vad: virtualVad(parts.vad, clock),
      recognizer: parts.recognizer,
      endOfTurn: parts.endOfTurn,
      endpointing: { ...parts.endpointing, patience: parts.persona.patience },
      responder: new TextResponder({
        clock,
        tts: virtualSpeech(parts.tts, clock),
        dialogue: virtualDialogue(parts.dialogue, clock),
        persona: parts.persona,
      }),
      ...(parts.summariser !== undefined && { summariser: virtualSummariser(parts.summariser, clock) }),
      persona: parts.persona,
      learner: { learn: async () => [] },
      learned: () => {},
      performance: new VirtualPlayout(clock, {
        progress: progress => session.progress(progress),
        shown: turnId => session.shown(turnId),
      }),
      view: {
        log: entry => entries.set(entry.id, entry),
        unlog: id => entries.delete(id),
        state: () => {},
        timed: ({ trace }) => traces.push(trace),
      },
      metrics: {
        interruption: () => {},
        utterance: () => {},
        continued: () => {},
        backchannel: () => {},
        providerError: () => {},
      },
      newId: () => `replay-${++ids}`,
      report: problem,
    },
    { identity: manifest.avatar },
  );
  const inputs: (RecordedEvent | RecordedSound)[] = [...events, ...sound].sort((a, b) => a.ms - b.ms);
  const names = new Map<string, string>();
  const take = (input: RecordedEvent | RecordedSound) => {
    if (!('type' in input)) return session.hear(input.identity, input.pcm, input.audible);
    switch (input.type) {
      case 'joined':
        names.set(input.identity, input.name);
        return session.joined({ ...input, remember: false, memories: [], revision: 0, consent: DEFAULT_CONSENT });
      case 'left':
        return session.left(input.identity);
      case 'listen':
        return session.listen(input.identity, names.get(input.identity) ?? input.identity);
      case 'unlisten':
        return session.unlisten(input.identity);
      case 'typed':
        entries.set(input.entry.id, input.entry);
        return session.typed(input.entry);
      case 'greet':
        return session.greet(input.name);
    }
  };
  let next = 0;
  const feed = () => {
    while (inputs[next] !== undefined && inputs[next]!.ms <= clock.nowMs()) take(inputs[next++]!);
    const coming = inputs[next];
    if (coming !== undefined) clock.after(coming.ms - clock.nowMs(), feed);
  };
  feed();
  await clock.play((inputs.at(-1)?.ms ?? 0) + LINGER_MS);
  await session.close();
  return { entries: [...entries.values()].filter(({ final }) => final), traces };
}
