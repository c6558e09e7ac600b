import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../agents/base/clock.ts';
import { LlamaDialogue } from '../../agents/providers/llama/dialogue.ts';
import { LocalModel } from '../../agents/providers/llama/local-model.ts';
import { loadPersonas } from '../../agents/think/personas.ts';
import type { Exchange } from '../../agents/think/ports.ts';
import { residentMb } from '../load/processes.ts';

/** One figure a turn, or a cancellation. */
export interface ModelFigures {
  model: string;
  firstWordMs: number[];
  tokensPerSecond: number[];
  rssMb: number;
  /** Of one more conversation. */
  conversationRssMb: number;
  cancelMs: number[];
}

const HISTORY_TURNS = 10;
const MEASURED_TURNS = 12;
const CANCELLED = 8;
const SETTINGS = { contextTokens: 2048, maxTokens: 60, temperature: 0, feelings: false, firstWordTimeoutMs: 60_000 };
const SAID = [
  'I went to the market this morning and bought some apples.',
  'What do you think I should cook with them?',
  'My sister comes to visit on Sunday.',
  'She lives in Canada and likes the sea.',
  'Do you know a good place for a walk?',
  'It has rained the whole week here.',
];

/**
 * The language model that VISAVIS_BENCH_MODEL names, or a file in `models/llama`, in conversation with Ollie; undefined
 * where there is none.
 */
export async function modelFigures(): Promise<ModelFigures | undefined> {
  const file = modelFile();
  if (file === undefined) {
    console.log('no language model is here: npm run models -- list, or VISAVIS_BENCH_MODEL=FILE.gguf');
    return undefined;
  }
  const persona = loadPersonas('personas').get('ollie')!;
  const deps = { clock: systemClock, loaded: () => {}, lost: (reason: string) => console.log(`the model: ${reason}`) };
  const open = (conversations: number) =>
    new LocalModel({ file, conversations, threads: 0, gpu: false, contextTokens: SETTINGS.contextTokens }, deps);
  const model = open(2);
  const used: { outputTokens?: number }[] = [];
  const dialogue = new LlamaDialogue(model, SETTINGS, { used: usage => used.push(usage) });
  try {
    dialogue.prepare(persona);
    const history: Exchange[] = [line('avatar', persona.greeting.replace('{name}', 'Ann'))];
    const firstWordMs: number[] = [];
    const tokensPerSecond: number[] = [];
    for (let turn = 0; turn < HISTORY_TURNS + MEASURED_TURNS; turn++) {
      const said = line('user', SAID[turn % SAID.length]!);
      const { text, firstMs, restMs } = await answered(dialogue, persona, history, said);
      const tokens = used.at(-1)?.outputTokens ?? 0;
      if (turn >= HISTORY_TURNS) {
        firstWordMs.push(firstMs);
        if (tokens > 1 && restMs > 0) tokensPerSecond.push(((tokens - 1) * 1000) / restMs);
      }
      history.push(said, line('avatar', text || 'Well.'));
    }
    const cancelMs: number[] = [];
    for (let i = 0; i < CANCELLED; i++) cancelMs.push(await cancelled(dialogue, persona, history, 100 + 60 * i));
    const rssMb = residentMb(model.pids) ?? Number.NaN;
    await dialogue.close();
    return {
      model: path.basename(file),
      firstWordMs,
      tokensPerSecond,
      rssMb: Math.round(rssMb),
      conversationRssMb: Math.round((await residentWith(open, 8)) - (await residentWith(open, 4))) / 4,
      cancelMs,
    };
  } finally {
    await dialogue.close();
  }
}

function modelFile(): string | undefined {
  const named = process.env.VISAVIS_BENCH_MODEL;
  if (named !== undefined) return named;
  const folder = path.join('models', 'llama');
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter(name => name.endsWith('.gguf')) : [];
  return files[0] === undefined ? undefined : path.join(folder, files[0]);
}

const line = (role: 'user' | 'avatar', text: string): Exchange => ({
  role,
  speaker: role === 'user' ? 'ann' : 'avatar',
  name: role === 'user' ? 'Ann' : 'Ollie',
  text,
});

type Asked = [LlamaDialogue, Parameters<LlamaDialogue['reply']>[0]['persona'], readonly Exchange[], Exchange];

async function answered(...[dialogue, persona, history, said]: Asked) {
  const beganMs = performance.now();
  let firstMs = Number.NaN;
  let text = '';
  const people = [{ identity: 'ann', name: 'Ann', facts: [] }];
  const options = { signal: new AbortController().signal, committed: Promise.resolve() };
  for await (const part of dialogue.reply({ persona, history: [...history], turn: [said], people }, options))
    if (part.type === 'text') {
      if (text === '') firstMs = performance.now() - beganMs;
      text += part.text;
    }
  return { text: text.trim(), firstMs, restMs: performance.now() - beganMs - firstMs };
}

/** How long after it was called off the last word came, or it was over. */
async function cancelled(...[dialogue, persona, history, afterMs]: [Asked[0], Asked[1], Asked[2], number]) {
  const abort = new AbortController();
  let calledOffMs = Number.NaN;
  setTimeout(() => {
    calledOffMs = performance.now();
    abort.abort(new Error('called off'));
  }, afterMs);
  const turn = [line('user', 'Tell me everything about the sea.')];
  const options = { signal: abort.signal, committed: Promise.resolve() };
  try {
    for await (const _ of dialogue.reply({ persona, history, turn }, options));
  } catch {
    return performance.now() - calledOffMs;
  }
  return 0;
}

/** What the process takes with so many conversations, each with something said. */
async function residentWith(open: (conversations: number) => LocalModel, conversations: number): Promise<number> {
  const model = open(conversations);
  try {
    for (let i = 0; i < conversations; i++) {
      const lines = [{ type: 'user' as const, text: `${i} ${SAID.join(' ').repeat(12)}` }];
      const question = { lines, maxTokens: 1, temperature: 0 };
      const answer = model.ask(question, { signal: new AbortController().signal });
      while ((await answer.next()).done !== true);
    }
    return residentMb(model.pids) ?? Number.NaN;
  } finally {
    await model.close();
  }
}
