import { describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { SpeechLines } from './speech-lines.ts';

const signal = new AbortController().signal;

/** Lines that answer with what they are asked, letter by letter. */
function subject({ stops = true } = {}) {
  const clock = new VirtualClock();
  const opened: { closed: boolean; stopped: number; die(error: ProviderError): void; tell(letter: string): void }[] =
    [];
  const lines = new SpeechLines({
    name: 'acme',
    clock,
    patienceMs: 1000,
    async open(received: (letter: string) => void) {
      const over = Promise.withResolvers<ProviderError | undefined>();
      const line = {
        over: over.promise,
        closed: false,
        stopped: 0,
        die: over.resolve,
        tell: received,
        close() {
          line.closed = true;
          over.resolve(undefined);
        },
      };
      opened.push(line);
      return line;
    },
  });
  const say = (text: string, stop = signal) =>
    lines.say(
      {
        ask: line => {
          for (const letter of text) line.tell(letter);
        },
        isLast: letter => letter === '.',
        ...(stops && { stop: line => void line.stopped++ }),
      },
      stop,
    );
  const all = async (text: string) => {
    let told = '';
    for await (const letter of say(text)) told += letter;
    return told;
  };
  return { clock, lines, opened, say, all };
}

describe('lines to a voice', () => {
  it('are kept for the next sentence, and are as many as sentences are said at once', async () => {
    const { lines, opened, say, all } = subject();
    expect([await all('ab.'), await all('cd.')]).toEqual(['ab', 'cd']);
    expect(opened).toHaveLength(1);
    const first = say('ef.');
    expect((await first.next()).value).toBe('e');
    expect(await all('gh.')).toBe('gh');
    expect(opened).toHaveLength(2);
    expect((await first.next()).value).toBe('f');
    await first.return();
    lines.close();
    expect(opened.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('are closed where nobody has spoken for a while', async () => {
    const { clock, opened, all } = subject();
    await all('ab.');
    await clock.advance(60_000);
    expect(opened[0]!.closed).toBe(true);
    await all('ab.');
    expect(opened).toHaveLength(2);
  });

  it('that die fail the sentence, and are not used again', async () => {
    const { opened, say, all } = subject();
    const said = say('a');
    await said.next();
    const next = said.next();
    opened[0]!.die(new ProviderError('quota', 'no money', { retryable: false }));
    await expect(next).rejects.toMatchObject({ category: 'quota' });
    expect(await all('cd.')).toBe('cd');
    expect(opened).toHaveLength(2);
  });

  it('are stopped where a sentence is called off, or closed where they cannot be', async () => {
    for (const stops of [true, false]) {
      const { opened, say, all } = subject({ stops });
      const stop = new AbortController();
      const said = say('a', stop.signal);
      await said.next();
      const next = said.next();
      stop.abort(new Error('called off'));
      await expect(next).rejects.toThrow('called off');
      expect([opened[0]!.stopped, opened[0]!.closed]).toEqual(stops ? [1, false] : [0, true]);
      // What was still on its way is not heard.
      opened[0]!.tell('z');
      expect(await all('cd.')).toBe('cd');
    }
  });

  it('are not waited for without end', async () => {
    const { clock, say } = subject();
    const said = say('');
    const next = said.next();
    next.catch(() => {});
    await clock.advance(1000);
    await expect(next).rejects.toMatchObject({ category: 'network', message: 'acme takes too long' });
  });
});
