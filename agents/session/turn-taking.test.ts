import { afterEach, describe, expect, it } from 'vitest';
import { Scene, type SceneOptions } from '../testing/scene.ts';
import type { ReplyPart } from '../think/ports.ts';

let scene: Scene;
const begin = (options?: SceneOptions): Scene => {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
  return scene;
};
afterEach(() => {
  scene.close();
});

const LONG = 'Let me tell you a long story about the sea and all the fish that live in it.';

/** Ann asks, and the avatar is in the middle of a long answer. Returns when it began to sound. */
async function midAnswer(options: SceneOptions = {}): Promise<number> {
  begin({ answer: () => LONG, ...options });
  const end = scene.say('ann', 'Tell me a story.');
  await scene.advance(end + 2500);
  expect(scene.sounding).toBe(true);
  return scene.when('sound') ?? Number.NaN;
}

describe('when a person has finished a thought', () => {
  it('answers a finished sentence within half a second of its end', async () => {
    begin();
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 1500);
    const sound = scene.when('sound') ?? Number.POSITIVE_INFINITY;
    expect(sound - end).toBeLessThan(500);
    expect(scene.asked.at(-1)?.turn).toMatchObject([
      { role: 'user', speaker: 'ann', name: 'Ann', text: 'How are you today?' },
    ]);
  });

  it('waits more than a second where the sentence trails off', async () => {
    begin();
    const end = scene.say('ann', 'I would like to go to the');
    await scene.advance(end + 1000);
    expect(scene.when('begin')).toBeUndefined();
    await scene.advance(1500);
    expect(scene.when('sound')).toBeDefined();
  });

  it('takes a sentence with a pause for thought in it as one turn', async () => {
    begin();
    scene.say('ann', 'I would like to go to the');
    const end = scene.say('ann', 'beach tomorrow.', { startMs: 7 * 300 + 900 });
    await scene.advance(end + 1500);
    expect(scene.asked.at(-1)?.turn.map(({ text }) => text)).toEqual(['I would like to go to the beach tomorrow.']);
    expect(scene.events.filter(({ what }) => what === 'begin')).toHaveLength(1);
  });

  it('says where the time went, and the parts add up', async () => {
    begin();
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 4000);
    const [timing] = scene.timings;
    const sum = Object.values(timing?.stages ?? {}).reduce((total, ms) => total + ms, 0);
    expect(timing?.outcome).toBe('completed');
    expect(sum).toBeCloseTo(timing?.voiceToVoiceMs ?? 0, 0);
    expect(Math.abs((scene.when('sound') ?? 0) - end - sum)).toBeLessThan(60);
  });

  it('is patient with somebody it cut off', async () => {
    begin({ ttsMs: 2000 });
    const first = scene.say('ann', 'I went to the market.');
    const end = scene.say('ann', 'Then I came back home.', { startMs: first + 700 });
    await scene.advance(end + 8000);
    const again = scene.say('ann', 'I live by the sea.');
    await scene.advance(again - scene.clock.nowMs() + 9000);
    const patient = scene.timings.at(-1)?.stages.endpointingMs;
    scene.close();
    begin();
    await scene.advance(scene.say('ann', 'I live by the sea.') + 6000);
    expect(patient).toBeGreaterThan((scene.timings.at(-1)?.stages.endpointingMs ?? Number.NaN) + 15);
  });
});

describe('[T3] when somebody speaks over the avatar', () => {
  it('pauses within 200 ms and shows a listening face', async () => {
    await midAnswer();
    const start = scene.clock.nowMs();
    scene.say('ann', 'Wait, stop, I have another question.');
    await scene.advance(220);
    expect((scene.when('pause', start) ?? Number.POSITIVE_INFINITY) - start).toBeLessThanOrEqual(200);
    expect(scene.sounding).toBe(false);
    expect(scene.face).toBe('listening');
  });

  it('resumes in mid-word after a cough', async () => {
    await midAnswer();
    const start = scene.clock.nowMs();
    scene.say('ann', '', { durationMs: 250 });
    await scene.advance(900);
    const resumed = scene.when('resume', start);
    expect(resumed).toBeDefined();
    expect((resumed ?? 0) - (scene.when('pause', start) ?? 0)).toBeLessThanOrEqual(700);
    expect(scene.when('cancel')).toBeUndefined();
    await scene.advance(8000);
    expect(scene.session.history.at(-1)?.text).toBe(LONG);
  });

  it('resumes after a backchannel, keeps it in the log and does not answer it', async () => {
    await midAnswer();
    scene.say('ann', 'Uh-huh.', { durationMs: 400 });
    await scene.advance(9000);
    expect(scene.when('cancel')).toBeUndefined();
    expect(scene.asked).toHaveLength(1);
    expect(scene.transcript).toContain('ann: Uh-huh.');
    expect(scene.session.history.at(-1)?.text).toBe(LONG);
  });

  it('cancels for words within 700 ms and answers them', async () => {
    await midAnswer();
    const start = scene.clock.nowMs();
    const end = scene.say('ann', 'Wait, stop, I have another question.');
    await scene.advance(end - start + 1000);
    expect(
      (scene.when('cancel', start) ?? Number.POSITIVE_INFINITY) - (scene.when('pause', start) ?? 0),
    ).toBeLessThanOrEqual(700);
    expect(scene.asked.at(-1)?.turn.at(-1)?.text).toBe('Wait, stop, I have another question.');
  });

  it('stops for a backchannel that goes on into words', async () => {
    await midAnswer();
    const start = scene.clock.nowMs();
    scene.say('ann', 'Yeah, but I think that is wrong.', { durationMs: 2400 });
    await scene.advance(2300);
    expect(scene.when('cancel', start)).toBeDefined();
  });

  it('lets the last word be said, and takes what was begun over it as a turn', async () => {
    begin({ answer: () => 'Shall we go swimming now?' });
    const end = scene.say('ann', 'What shall we do?');
    await scene.advance(end);
    while (!scene.sounding) await scene.advance(20);
    await scene.advance(5 * 300 - 180);
    scene.say('ann', 'Yes.', { durationMs: 400 });
    await scene.advance(3000);
    expect(scene.when('cancel')).toBeUndefined();
    expect(scene.session.history.map(({ text }) => text)).toContain('Shall we go swimming now?');
    expect(scene.asked.at(-1)?.turn.at(-1)?.text).toBe('Yes.');
  });

  it('treats a typed message as words at once', async () => {
    await midAnswer();
    const start = scene.clock.nowMs();
    scene.type('ann', 'Stop please.');
    await scene.advance(1000);
    expect(scene.when('cancel')).toBe(start);
    expect(scene.asked.at(-1)?.turn.at(-1)?.text).toBe('Stop please.');
  });
});

describe('before the first sound of an answer', () => {
  it('[L1] holds the answer when the person goes on, and answers all of it together, as one utterance', async () => {
    begin({ ttsMs: 1500 });
    scene.say('ann', 'I went to the market.');
    const end = scene.say('ann', 'And I bought three red apples.', { startMs: 5 * 300 + 600 });
    await scene.advance(end + 4000);
    expect(scene.asked.at(-1)?.turn.map(({ text }) => text)).toEqual([
      'I went to the market. And I bought three red apples.',
    ]);
    expect(
      scene.performed.every(({ turnId }) => turnId === scene.events.findLast(({ what }) => what === 'begin')?.turnId),
    ).toBe(true);
  });

  it('[T5] prepares an answer before the turn is certain, and shows none of it if more follows', async () => {
    begin();
    scene.say('ann', 'I like this song.');
    const end = scene.say('ann', 'It reminds me of home.', { startMs: 4 * 300 + 200 });
    await scene.advance(end + 5000);
    expect(scene.asked.length).toBeGreaterThan(1);
    expect(scene.events.filter(({ what }) => what === 'begin')).toHaveLength(1);
    expect(scene.session.history).toHaveLength(2);
    expect(scene.transcript).toEqual([
      'ann: I like this song. It reminds me of home.',
      'avatar: That is nice to hear.',
    ]);
  });

  it('[T5] lets a tool with side effects run only once the turn is certain', async () => {
    const ran: number[] = [];
    begin({
      answer: (_conversation, { committed, signal }) =>
        (async function* (): AsyncGenerator<ReplyPart> {
          await committed;
          signal.throwIfAborted();
          ran.push(scene.clock.nowMs());
          yield { type: 'text', text: 'It is done.' };
        })(),
    });
    scene.say('ann', 'Please order a pizza.');
    const end = scene.say('ann', 'With a lot of cheese.', { startMs: 4 * 300 + 140 });
    await scene.advance(end + 3000);
    expect(ran).toHaveLength(1);
    expect(ran[0]).toBeGreaterThan(end);
  });
});

describe('during a tool call', () => {
  it('drops the turn at once when the person speaks, and what the tool brings reaches nobody [T2]', async () => {
    let finishTool: (() => void) | undefined;
    begin({
      answer: () =>
        (async function* (): AsyncGenerator<ReplyPart> {
          if (finishTool !== undefined) return yield { type: 'text', text: 'Once upon a time.' };
          yield { type: 'text', text: 'Let me look that up for you right now. ' };
          await new Promise<void>(resolve => {
            finishTool = resolve;
          });
          yield { type: 'text', text: 'The tool has answered.' };
        })(),
    });
    const end = scene.say('ann', 'What is the weather like?');
    await scene.advance(end + 1500);
    expect(scene.sounding).toBe(true);
    const old = scene.session.liveTurn;
    const start = scene.clock.nowMs();
    const interrupted = scene.say('ann', 'Actually, tell me a story.');
    await scene.advance(interrupted - start + 300);
    expect(scene.when('cancel', start)).toBeDefined();
    finishTool?.();
    await scene.advance(5000);
    expect(scene.spoken).not.toContain('The tool has answered.');
    expect(scene.session.liveTurn).not.toBe(old);
  });
});

describe('a dialogue that does something before it goes on', () => {
  it('has what it wrote so far spoken at once, whole sentence or not', async () => {
    let finish = () => {};
    const done = new Promise<void>(resolve => {
      finish = resolve;
    });
    begin({
      answer: () =>
        (async function* (): AsyncGenerator<ReplyPart> {
          yield { type: 'text', text: 'One moment, I am looking' };
          yield { type: 'pause' };
          await done;
          yield { type: 'text', text: 'It was sent.' };
        })(),
    });
    scene.type('ann', 'Where is my order?');
    // Sooner than after a hesitation.
    await scene.advance(110);
    expect(scene.spoken).toEqual(['One moment, I am looking']);
    finish();
    await scene.advance(4000);
    expect(scene.spoken).toEqual(['One moment, I am looking', 'It was sent.']);
  });
});

describe('[T1] [T2] one turn at a time', () => {
  it('never plays anything of a turn that was cancelled', async () => {
    await midAnswer();
    const old = scene.session.liveTurn;
    scene.type('ann', 'Something else.');
    const from = scene.performed.length;
    await scene.advance(6000);
    expect(scene.performed.slice(from).some(({ turnId }) => turnId === old)).toBe(false);
  });

  it('ignores progress of a turn that is not live', async () => {
    await midAnswer();
    const before = scene.transcript;
    scene.session.progress({ turnId: 'another', samples: 48_000, dueUnixMs: 0, done: true });
    expect(scene.transcript).toEqual(before);
    expect(scene.session.liveTurn).toBeDefined();
  });

  it('[T6] is silent at once, though the dialogue ignores its signal', async () => {
    begin({
      answer: () =>
        (async function* (): AsyncGenerator<ReplyPart> {
          yield { type: 'text', text: 'One thing first. ' };
          await new Promise(() => {});
        })(),
    });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 800);
    const start = scene.clock.nowMs();
    scene.type('ann', 'Never mind.');
    await scene.advance(20);
    expect(scene.when('cancel')).toBe(start);
  });
});

describe('[T4] the history', () => {
  it('holds only the words that were heard', async () => {
    const sound = await midAnswer();
    const heardWords = Math.floor((scene.clock.nowMs() - sound) / 300);
    scene.type('ann', 'Stop.');
    await scene.advance(100);
    const avatar = scene.session.history.filter(({ role }) => role === 'avatar');
    const words = avatar[0]?.text.split(' ') ?? [];
    expect(LONG.startsWith(avatar[0]?.text ?? 'nothing')).toBe(true);
    expect(Math.abs(words.length - heardWords)).toBeLessThanOrEqual(1);
    expect(scene.transcript.some(line => line.endsWith('(interrupted)'))).toBe(true);
  });
});

describe('several people', () => {
  it('waits until nobody speaks and answers both, by name', async () => {
    begin();
    scene.person('bob', 'Bob');
    scene.say('ann', 'I like apples.');
    const end = scene.say('bob', 'I like pears much more.', { startMs: 500 });
    await scene.advance(end + 2500);
    expect(scene.asked.at(-1)?.turn).toMatchObject([
      { role: 'user', speaker: 'ann', name: 'Ann', text: 'I like apples.' },
      { role: 'user', speaker: 'bob', name: 'Bob', text: 'I like pears much more.' },
    ]);
    expect(scene.events.filter(({ what }) => what === 'begin')).toHaveLength(1);
  });

  it('does not wait for ever for somebody who talks on and on', async () => {
    begin();
    scene.person('bob', 'Bob');
    scene.say('bob', Array.from({ length: 60 }, () => 'blah').join(' '));
    const end = scene.say('ann', 'How are you today?', { startMs: 500 });
    await scene.advance(end + 2600);
    expect(scene.asked.some(({ turn }) => turn.some(({ speaker }) => speaker === 'ann'))).toBe(true);
  });

  it('answers one in full while another, who was speaking all along, goes on; and then the other', async () => {
    begin();
    scene.person('bob', 'Bob');
    const bobEnds = scene.say('bob', Array.from({ length: 30 }, (_, i) => `word${i}`).join(' '));
    scene.say('ann', 'How are you today?', { startMs: 500 });
    await scene.advance(bobEnds + 6000);
    const heard = scene.session.history.filter(({ role }) => role === 'avatar').map(({ text }) => text);
    expect(heard).toEqual(['That is nice to hear.', 'That is nice to hear.']);
    expect(scene.when('cancel')).toBeUndefined();
    expect(scene.asked.at(-1)?.turn.map(({ speaker }) => speaker)).toEqual(['bob']);
  });

  it('[L1] takes down what somebody had begun to say when they leave', async () => {
    begin();
    scene.person('bob', 'Bob');
    scene.say('bob', 'I was going to say something long about the sea today.');
    await scene.advance(1500);
    expect(scene.face).toBe('listening');
    scene.session.left('bob');
    expect(scene.face).toBe('idle');
    await scene.advance(500);
    expect(scene.transcript).toMatchObject([expect.stringMatching(/^bob: I was going to/)]);
  });

  it('resumes when the one who interrupted leaves', async () => {
    await midAnswer();
    scene.person('bob', 'Bob');
    scene.say('bob', 'Hm', { durationMs: 300 });
    await scene.advance(250);
    expect(scene.sounding).toBe(false);
    scene.session.left('bob');
    expect(scene.sounding).toBe(true);
  });
});

describe('closing', () => {
  it('[C1] leaves no timer behind when it closes in the middle of everything', async () => {
    await midAnswer();
    scene.say('ann', 'Wait a moment please.');
    await scene.advance(400);
    scene.close();
    await scene.advance(10_000);
    expect(scene.clock.pending).toBe(0);
  });
});
