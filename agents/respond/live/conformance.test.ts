import { untilAborted } from '../../base/cancellation.ts';
import { ProviderError } from '../../base/errors.ts';
import { type Behaviour, responderConformance } from '../../testing/responder-conformance.ts';
import { PERSONA } from '../../testing/scene.ts';
import type { VirtualClock } from '../../testing/virtual-clock.ts';
import type { LinePiece, ModelLine } from './port.ts';
import { LiveResponder } from './responder.ts';

const RATE = 24_000;
const never = () => new Promise<never>(() => {});
const broken = () => new ProviderError('network', 'the line is dead', { retryable: true });
const sound = (seconds: number): LinePiece => ({
  type: 'sound',
  item: 'item',
  pcm: new Int16Array(seconds * RATE).fill(4000),
});

async function* answering(does: Behaviour): AsyncGenerator<LinePiece> {
  if (does === 'fails') throw broken();
  if (does === 'hangs') await never();
  yield { type: 'words', text: 'Once upon a time. There was an octopus.' };
  yield sound(2);
  if (does === 'breaks off') throw broken();
  if (does === 'stalls') await never();
  while (does === 'goes on') {
    yield { type: 'words', text: ' It swam on and on.' };
    yield sound(1);
    // As far ahead as a vendor gets.
    await new Promise(resolve => setImmediate(resolve));
    if (++swum === 100) await never();
  }
  yield { type: 'whole' };
}
let swum = 0;

async function* reading(text: string): AsyncGenerator<LinePiece> {
  yield { type: 'words', text: text.toUpperCase() };
  yield sound(1);
}

function line(does: Behaviour): ModelLine {
  swum = 0;
  return {
    rate: RATE,
    endsMs: Number.POSITIVE_INFINITY,
    over: never(),
    be: () => {},
    hear: () => {},
    unhear: () => {},
    tell: () => {},
    answer: signal => untilAborted(answering(does), signal),
    results: () => {},
    read: (text, signal) => untilAborted(reading(text), signal),
    close: () => {},
  };
}

const responder = (does: Behaviour, clock: VirtualClock) =>
  new LiveResponder({
    name: does,
    clock,
    persona: PERSONA,
    open: async () => line(does),
    events: { used: () => {} },
    cuts: 'exact',
    speculates: true,
    openMs: 1000,
    silentMs: 4000,
  });

responderConformance('LiveResponder', responder);
