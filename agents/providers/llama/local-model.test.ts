import { beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../../base/errors.ts';
import type { PeerEvents } from '../../base/peers.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { LocalModel } from './local-model.ts';
import type { FromModel, Question, ToModel } from './messages.ts';

const QUESTION: Question = { lines: [{ type: 'user', text: 'Hello' }], maxTokens: 20, temperature: 0 };
const OPTIONS = { file: 'model.gguf', contextTokens: 512, conversations: 2, threads: 0, gpu: false };

let clock: VirtualClock;
let model: LocalModel;
let started: { events: PeerEvents<FromModel>; got: ToModel[]; ended: boolean }[];
let lost: string[];
beforeEach(() => {
  clock = new VirtualClock();
  [started, lost] = [[], []];
  model = new LocalModel(OPTIONS, {
    clock,
    loaded: () => {},
    lost: reason => lost.push(reason),
    start(events) {
      const peer = { events, got: [] as ToModel[], ended: false };
      started.push(peer);
      return {
        pid: 7,
        post: message => peer.got.push(message as ToModel),
        async end() {
          peer.ended = true;
        },
      };
    },
  });
});

const tell = (message: FromModel) => started.at(-1)!.events.told(message);
const done = (id: number): FromModel => ({ type: 'done', id, calls: [], inputTokens: 9, outputTokens: 2 });

async function said(signal = new AbortController().signal): Promise<string> {
  let text = '';
  for await (const piece of model.ask(QUESTION, { signal })) text += piece;
  return text;
}

describe('a model on this machine', () => {
  it('is started when it is first needed, and streams', async () => {
    expect(started).toEqual([]);
    const answer = said();
    tell({ type: 'ready', loadMs: 5 });
    tell({ type: 'text', id: 1, text: 'Hi ' });
    tell({ type: 'text', id: 1, text: 'Ann.' });
    tell(done(1));
    expect(await answer).toBe('Hi Ann.');
    expect(model.pids).toEqual([7]);
  });

  it('[T6] says nothing more once it is called off, whatever it still writes', async () => {
    const abort = new AbortController();
    const answer = said(abort.signal);
    tell({ type: 'text', id: 1, text: 'Hi' });
    abort.abort(new Error('interrupted'));
    await expect(answer).rejects.toThrow('interrupted');
    tell({ type: 'text', id: 1, text: ' more' });
    expect(started[0]!.got.at(-1)).toEqual({ type: 'cancel', id: 1 });
    expect(model.waiting).toBe(0);
  });

  it('is started anew where its process ended; what was being answered is refused as worth another try', async () => {
    const answer = said();
    started[0]!.events.failed('it ended with SIGKILL');
    await expect(answer).rejects.toMatchObject({ category: 'network', retryable: true });
    expect(lost).toEqual(['it ended with SIGKILL']);
    const again = said();
    expect(started).toHaveLength(2);
    tell({ type: 'text', id: 2, text: 'Hi' });
    tell(done(2));
    expect(await again).toBe('Hi');
  });

  it('is ended where it says nothing for a minute', async () => {
    const answer = said();
    const refused = expect(answer).rejects.toThrow('it hung');
    await clock.advance(61_000);
    await refused;
    expect(started[0]!.ended).toBe(true);
  });

  it('is not tried again where its file cannot be read', async () => {
    const answer = said();
    tell({ type: 'unusable', reason: 'no GGUF' });
    await expect(answer).rejects.toMatchObject({ category: 'model', message: expect.stringContaining('no GGUF') });
    await expect(said()).rejects.toThrow('model.gguf');
    expect(() => model.warm(QUESTION.lines)).not.toThrow();
    expect(started).toHaveLength(1);
  });

  it('[C2] refuses more questions than it could ever answer in time', async () => {
    const answers = Array.from({ length: 10 }, () => said());
    await expect(said()).rejects.toMatchObject({ category: 'quota' });
    const refused = Promise.allSettled(answers);
    await model.close();
    expect((await refused).every(({ status }) => status === 'rejected')).toBe(true);
    await expect(said()).rejects.toThrow(ProviderError);
  });
});
