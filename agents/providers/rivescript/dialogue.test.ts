import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../base/errors.ts';
import { PERSONA } from '../../testing/scene.ts';
import { readPersona } from '../../think/persona-file.ts';
import type { Exchange, ReplyPart } from '../../think/ports.ts';
import { RiveScriptDialogue } from './dialogue.ts';
import { lastSentence, normalised, sentencesOf } from './script/hearing.ts';

const line = (text: string, speaker = 'sam'): Exchange => ({
  role: speaker === 'avatar' ? 'avatar' : 'user',
  speaker,
  name: speaker,
  text,
});

async function ask(script: string, turn: Exchange[], history: Exchange[] = [], signal = new AbortController().signal) {
  const persona = { ...PERSONA, script };
  const dialogue = new RiveScriptDialogue();
  dialogue.prepare(persona);
  const parts: ReplyPart[] = [];
  const options = { signal, committed: Promise.resolve() };
  for await (const part of dialogue.reply({ persona, history, turn }, options)) parts.push(part);
  return parts;
}

describe('RiveScriptDialogue', () => {
  it('says of what a tool has found that it cannot tell it', async () => {
    const findings = [{ what: 'order {}', asker: 'ann', outcome: '{"state":"sent"}' }] as const;
    const occasion = { kind: 'found', identity: 'ann', findings } as const;
    const persona = { ...PERSONA, script: '+ *\n- Yes.\n' };
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    for await (const part of new RiveScriptDialogue().reply({ persona, history: [], turn: [], occasion }, options))
      expect(part).toMatchObject({ text: expect.stringContaining('cannot put it into words') });
  });

  it('tells a feeling from the words', async () => {
    expect(await ask('+ *\n- (sad) Oh.', [line('x')])).toEqual([
      { type: 'feeling', emotion: 'sad', intensity: expect.any(Number) },
      { type: 'text', text: 'Oh.' },
    ]);
    expect(await ask('+ *\n- (not a feeling) Oh.', [line('x')])).toEqual([
      { type: 'text', text: '(not a feeling) Oh.' },
    ]);
  });

  it.each([
    ['an unmatched bracket', '+ hello\n- Hi.\n\n+ (oops\n- No.', /line 4/],
    ['a capital letter', '+ hello\n- Hi.\n+ Hello you\n- No.', /line 3/],
    ['a reply without a trigger', '- Hi.', /line 1/],
    ['a broken condition', '+ hello\n* foo\n- Hi.', /line 2/],
    ['an unknown command', '+ hello\n- Hi.\n$ what', /line 3/],
  ])('names the line of %s', (_, script, named) => {
    const prepare = () => new RiveScriptDialogue().prepare({ ...PERSONA, script });
    expect(prepare).toThrow(ProviderError);
    expect(prepare).toThrow(named);
    expect(prepare).toThrow(PERSONA.name);
  });

  it('names the file and its own line when a script was put together', () => {
    const script = '+ hello\n- Hi.\n\n+ *\n- Dig!\n+ (oops\n- No.\n';
    const scriptFiles = [
      { file: 'shared/base.rive', lines: 3 },
      { file: 'mo.rive', lines: 5 },
    ];
    const prepare = () => new RiveScriptDialogue().prepare({ ...PERSONA, script, scriptFiles });
    expect(prepare).toThrow(/mo\.rive:3\b/);
  });

  it('keeps the script that a conversation began with when the persona is read again', async () => {
    const dialogue = new RiveScriptDialogue();
    const before = { ...PERSONA, script: '+ *\n- Old.' };
    const after = { ...PERSONA, script: '+ *\n- New.' };
    dialogue.prepare(before);
    dialogue.prepare(after);
    for (const [persona, text] of [
      [before, 'Old.'],
      [after, 'New.'],
    ] as const) {
      const options = { signal: new AbortController().signal, committed: Promise.resolve() };
      const reply = dialogue.reply({ persona, history: [], turn: [line('x')] }, options);
      expect((await reply.next()).value).toEqual({ type: 'text', text });
    }
  });

  it.each([
    ['Shoes for children.', 'You sell shoes for children.'],
    ['We lost the order.', 'Oh no.'],
    ['Well, that is life.', 'You sell that is life.'],
  ])('takes anything for an answer, except what means something by itself: %s', async (said, text) => {
    const script =
      '+ {weight=2}*\n% what do you sell\n- You sell <star>.\n' +
      '+ {weight=60}[*] lost [*]\n- Oh no.\n+ {weight=59}[*] life [*]\n- Such is life.\n+ *\n- Hm.';
    expect(await ask(script, [line(said)], [line('What do you sell?', 'avatar')])).toEqual([{ type: 'text', text }]);
  });

  it('rather says what holds nothing of what it said before', async () => {
    const advice = 'Call five new people every morning.';
    const script = `+ *\n- ${advice} How is that?\n- ${advice} Will you?\n- Listen twice as long as you talk. Will you?`;
    for (let i = 0; i < 10; i++)
      expect(await ask(script, [line('x')], [line(`${advice} Agreed?`, 'avatar'), line('Fine.', 'avatar')])).toEqual([
        { type: 'text', text: 'Listen twice as long as you talk. Will you?' },
      ]);
  });

  it('does not answer for a persona it has no script of', async () => {
    const reply = new RiveScriptDialogue().reply(
      { persona: PERSONA, history: [], turn: [line('x')] },
      { signal: new AbortController().signal, committed: Promise.resolve() },
    );
    await expect(reply[Symbol.asyncIterator]().next()).rejects.toThrow(ProviderError);
  });

  it('says so when a script has no answer', async () => {
    await expect(ask('+ hello\n- Hi.', [line('something else')])).rejects.toThrow(/no answer/);
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('called off'));
    await expect(ask('+ *\n- Hi.', [line('x')], [], signal)).rejects.toThrow('called off');
  });

  it('goes through the replies before it repeats one', async () => {
    const script = `+ *\n${['One.', 'Two.', 'Three.', 'Four.'].map(reply => `- ${reply}`).join('\n')}`;
    const history: Exchange[] = [];
    for (let i = 0; i < 4; i++) {
      const [part] = await ask(script, [line('x')], history);
      history.push(line('x'), line((part as { text: string }).text, 'avatar'));
    }
    expect(new Set(history.filter(({ role }) => role === 'avatar').map(({ text }) => text)).size).toBe(4);
  });

  it('changes the subject rather than say the same twice', async () => {
    const script = '+ *\n- Hello.\n+ change the subject\n- Nice weather.';
    expect(await ask(script, [line('x')], [line('Hello.', 'avatar')])).toEqual([
      { type: 'text', text: 'Nice weather.' },
    ]);
  });

  it('takes what was interrupted for said', async () => {
    const script = '+ *\n- I have a very long story to tell.\n- Another one.';
    for (let i = 0; i < 10; i++)
      expect(await ask(script, [line('x')], [line('I have a very long story', 'avatar')])).toEqual([
        { type: 'text', text: 'Another one.' },
      ]);
  });

  it('compares % with the last sentence that was heard, whoever it was said to', async () => {
    const script = '+ yes\n% do you like it\n- Good!\n+ *\n- What?';
    const history = [line('hm', 'jo'), line("It's mine. Do you like it?", 'avatar')];
    expect(await ask(script, [line('Yeah.')], history)).toEqual([{ type: 'text', text: 'Good!' }]);
  });

  it('knows nothing of what was said to others', async () => {
    const script = '+ my name is *\n- Ok <set name=<star>>then.\n+ who am i\n- <get name>\n+ *\n- Hm.';
    const told = line('my name is kim');
    expect(await ask(script, [line('who am i')], [told])).toEqual([{ type: 'text', text: 'kim' }]);
    expect(await ask(script, [line('who am i')], [{ ...told, overheard: true }])).toEqual([
      { type: 'text', text: 'sam' },
    ]);
  });

  it('is quick with a long history, and works only the new lines out', async () => {
    const script = `+ my name is *\n- Ok <set name=<star>>then.\n+ who am i\n- <get name>\n+ *\n- Hm.\n- Ah.`;
    const persona = { ...PERSONA, script };
    const dialogue = new RiveScriptDialogue();
    dialogue.prepare(persona);
    const history = [line('my name is kim'), ...Array.from({ length: 59 }, (_, i) => line(`line ${i}`))];
    const reply = async (lines: Exchange[]) => {
      const parts = dialogue.reply(
        { persona, history: lines, turn: [line('who am i')] },
        { signal: new AbortController().signal, committed: Promise.resolve() },
      );
      return (await parts.next()).value;
    };
    expect(await reply(history)).toEqual({ type: 'text', text: 'kim' });
    // The line with the name is no longer in the window: it is remembered with the lines after it.
    expect(await reply([...history.slice(1), line('more')])).toEqual({ type: 'text', text: 'kim' });
    // Other lines, another conversation: nothing is known of the first.
    expect(await reply(structuredClone(history.slice(1)))).toEqual({ type: 'text', text: 'sam' });
  });
});

describe('normalised', () => {
  it.each([
    ["What's your name?", 'what is your name'],
    ['whats your name', 'what is your name'],
    ['I’m fine — you’re not!', 'i am fine you are not'],
    ["I can't, won't and don't.", 'i can not will not and do not'],
    ["They've said we're late", 'they have said we are late'],
    ['they were here', 'they were here'],
    ['Um, uh, what is that?', 'what is that'],
    ['Uh-huh.', 'uh huh'],
    ['hmm', 'hmm'],
    ['Ollie, how are you?', 'how are you'],
    ['How are you, Ollie?', 'how are you'],
    ['Is your name Ollie?', 'is your name ollie'],
    ['So what is your job?', 'what is your job'],
    ['so so', 'so so'],
    ['And you?', 'and you'],
    ['I do.', 'yes'],
    ["No, I haven't.", 'no'],
    ["That's my dog's", 'that is my dogs'],
    ['Ça va, Zoë?', 'ça va zoë'],
    ['…', ''],
  ])('%j', (text, words) => expect(normalised(text, 'Ollie')).toBe(words));

  it('cuts what is too long at a word', () => {
    const words = normalised('word '.repeat(100));
    expect(words.length).toBeLessThanOrEqual(200);
    expect(words.endsWith('word')).toBe(true);
    expect(normalised('x'.repeat(1000)).length).toBeLessThanOrEqual(200);
  });

  it('knows sentences', () => {
    expect(sentencesOf('Hi! I paid 3.50. Ok...', 'Ollie')).toEqual(['hi', 'i paid 3 50', 'ok']);
    expect(lastSentence("It's me. And how are you?")).toBe('how are you');
    expect(lastSentence('')).toBe('');
  });
});

describe('what somebody says to keep it busy', () => {
  /** Of the processor, not of the clock: others may want the machine, too. */
  const answeredMs = async (script: string, said: Exchange, rest: Exchange[] = []) => {
    const before = process.cpuUsage();
    await ask(script, [...rest, said]);
    return process.cpuUsage(before).user / 1000;
  };

  it.each(['ollie', 'sarah', 'june'])('is answered by %s like anything else', async id => {
    const { script } = readPersona(path.resolve('personas', `${id}.yaml`)).persona;
    await ask(script, [line('Hello.')]);
    for (const words of ['goodbye ', 'i am ', 'x ', 'what is my ', 'no. ', 'a', ' ', '! ', '* ', 'you like the '])
      for (const times of [45, 20_000])
        expect(await answeredMs(script, line(`${words.repeat(times).slice(0, 20_000)}x`)), words).toBeLessThan(3000);
  });

  /** Five sentences of two hundred characters, of words that many triggers begin with. */
  const long = line(`${'i am my a the is you '.repeat(9)}. `.repeat(5));
  const ollie = () => {
    const { persona } = readPersona(path.resolve('personas', 'ollie.yaml'));
    const dialogue = new RiveScriptDialogue();
    dialogue.prepare(persona);
    return { persona, dialogue };
  };
  const recalled = async (signal: AbortSignal, lines = 60) => {
    const { persona, dialogue } = ollie();
    const history = Array.from({ length: lines }, () => ({ ...long }));
    const asked = { persona, history, turn: [line('Hello.')] };
    for await (const _ of dialogue.reply(asked, { signal, committed: Promise.resolve() }));
  };
  const learned = async (signal: AbortSignal, lines = 120) => {
    const { persona, dialogue } = ollie();
    const person = { identity: 'sam', name: 'sam', facts: [] };
    await dialogue.learn({ persona, person, history: Array.from({ length: lines }, () => ({ ...long })) }, { signal });
  };

  it.each([
    ['a conversation is taken up again', recalled],
    ['it is learned from', learned],
  ])('leaves others their turns, and ends when that is called off: %s', async (_, work) => {
    const off = new AbortController();
    let turns = 0;
    const count = () => {
      if (++turns === 10) off.abort(new Error('called off'));
      else setImmediate(count);
    };
    setImmediate(count);
    await expect(work(off.signal)).rejects.toThrow('called off');
    expect(turns).toBe(10);
  });

  it('is gone through only so far back, however much there is', async () => {
    const { signal } = new AbortController();
    const usedMs = async (lines: number) => {
      const before = process.cpuUsage();
      await learned(signal, lines);
      return process.cpuUsage(before).user / 1000;
    };
    await usedMs(1);
    expect(await usedMs(1200)).toBeLessThan(4 * (await usedMs(20)));
  });

  it('is not gone through again after it was called off', async () => {
    const { persona, dialogue } = ollie();
    const history = Array.from({ length: 16 }, () => ({ ...long }));
    const person = { identity: 'sam', name: 'sam', facts: [] };
    let tries = 0;
    for (let done = false; !done; tries++) {
      const off = new AbortController();
      let turns = 0;
      const count = () => {
        if (++turns === 25) off.abort();
        else setImmediate(count);
      };
      setImmediate(count);
      done = await dialogue.learn({ persona, person, history }, { signal: off.signal }).then(
        () => true,
        () => false,
      );
    }
    expect(tries).toBeLessThan(17);
  });

  it('is no pattern, where a script compares it with what it remembers', async () => {
    const script = '+ my name is *\n- <set name=<star>>Hi.\n\n+ is it <get name>\n- Yes.\n\n+ *\n- No.';
    const named = (name: string) => ({ ...line('Is it aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b?'), name });
    for (const name of ['(a+)+$', '((', '*', '[a]', '\\'])
      expect(await ask(script, [named(name)]), name).toEqual([{ type: 'text', text: 'No.' }]);
    expect(await ask(script, [{ ...line('Is it Ann?'), name: 'Ann' }])).toEqual([{ type: 'text', text: 'Yes.' }]);
  });

  it('is answered in the order in which people spoke, whatever they are called', async () => {
    const said = ['b', '7', '__proto__'].map(speaker => ({ ...line('x', speaker), name: speaker }));
    expect(await ask('+ *\n- Hm.', said)).toEqual(
      ['7', '__proto__'].map(name => ({ type: 'text', text: `${name}: Hm. ` })),
    );
  });
});
