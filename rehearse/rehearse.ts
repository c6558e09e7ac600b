import { ProviderError } from '../agents/base/errors.ts';
import { seeded } from '../agents/face/random.ts';
import type { Persona } from '../agents/think/ports.ts';
import { type Call, CallError, type Exchange, type OpenCall } from './call/port.ts';
import { type Caller, PlayedCaller, ScriptedCaller } from './caller/caller.ts';
import { holds, type Judgement, judge, transcriptOf } from './judge/judgement.ts';
import { figuresOf, type Judged, notJudged, problemsOf, textOf } from './judge/rules.ts';
import type { Model } from './model/model.ts';
import type { RunReport, ScenarioReport } from './report/report.ts';
import { type ReadScenario, ScenarioError } from './scenario/read.ts';

export interface RehearseOptions {
  /** The persona of an id; undefined: there is none. */
  personaOf(id: string): Persona | undefined;
  /** Who answers where a scenario says nothing. */
  defaultPersona: string;
  /** Instead of every scenario's own. */
  persona?: string;
  /** The first run's; each next one has the next. */
  seed: number;
  /** Instead of every scenario's own. */
  times?: number;
  typed: OpenCall;
  /** Absent: everything is typed. */
  spoken?: OpenCall;
  /** Judges, and plays callers; absent: nobody does. */
  model?: Model;
  signal: AbortSignal;
}

/**
 * Holds a scenario as often as it wants, and judges it. What goes wrong in a call is a problem of its run. Throws
 * {@link ScenarioError} where nobody is of the persona's id, and once the signal is aborted.
 */
export async function rehearse(scenario: ReadScenario, options: RehearseOptions): Promise<ScenarioReport> {
  const { model, times = scenario.times, seed } = options;
  const how = options.spoken !== undefined && scenario.only !== 'typed' ? 'spoken' : 'typed';
  const open = (how === 'spoken' && options.spoken) || options.typed;
  const persona = personaFor(scenario, options);
  const wanted = Math.ceil(scenario.pass * times - 1e-9);
  const report = { name: scenario.name, persona: persona.id, how, wanted } as const;
  const skipped = reasonToSkip(scenario, how, model);
  if (skipped !== undefined)
    return { ...report, outcome: 'skipped', skipped, skippedJudgements: [], notJudged: [], runs: [] };
  const runs: RunReport[] = [];
  for (let i = 0; i < times; i++) runs.push(await held(scenario, persona, open, seed + i, options));
  const passed = runs.filter(({ problems }) => problems.length === 0).length;
  return {
    ...report,
    outcome: passed >= wanted ? 'passed' : 'failed',
    skippedJudgements: model === undefined ? scenario.judge : [],
    notJudged: notJudged(scenario, how),
    runs,
  };
}

/** Who is called. Throws {@link ScenarioError} where there is nobody of that id. */
export function personaFor(
  scenario: ReadScenario,
  { persona, personaOf, defaultPersona }: Pick<RehearseOptions, 'persona' | 'personaOf' | 'defaultPersona'>,
): Persona {
  const id = persona ?? scenario.persona ?? defaultPersona;
  const found = personaOf(id);
  if (found === undefined)
    throw new ScenarioError(
      persona === undefined ? `${scenario.place('persona')}: there is no persona ${id}` : `there is no persona ${id}`,
    );
  return found;
}

/** Undefined: there is something to be learned from holding it. */
function reasonToSkip(
  { only, caller, whole, greeting, judge: statements }: ReadScenario,
  how: string,
  model: Model | undefined,
) {
  if (only === 'spoken' && how === 'typed') return 'only spoken (--spoken)';
  if (model !== undefined) return undefined;
  if (!('steps' in caller)) return 'no language model is connected that could play the caller';
  const rules = [
    whole,
    greeting ?? {},
    ...caller.steps.map(({ say: _, when: __, interruptAfterMs: ___, ...rest }) => rest),
  ];
  const judged = rules.some(each => Object.values(each).some(value => value !== undefined));
  return statements.length > 0 && !judged ? 'no language model is connected that could judge it' : undefined;
}

async function held(
  scenario: ReadScenario,
  persona: Persona,
  open: OpenCall,
  seed: number,
  { signal, model }: RehearseOptions,
): Promise<RunReport> {
  const beganMs = performance.now();
  const random = seeded(seed);
  const exchanges: Judged[] = [];
  const problems: string[] = [];
  const judgements: Judgement[] = [];
  const { callerName, sound } = scenario;
  let how: Call['how'] = 'typed';
  let call: Call | undefined;
  try {
    call = await open({ persona, callerName, sound, lines: linesOf(scenario), random, signal });
    ({ how } = call);
    await converse(call, callerOf(scenario, random, model), scenario, exchanges, signal);
    problems.push(...problemsOf(exchanges, scenario.whole, how));
    if (model !== undefined)
      for (const statement of scenario.judge) {
        const judgement = await judge(model, statement, exchanges, scenario.judgements, signal);
        judgements.push(judgement);
        if (!holds(judgement)) problems.push(`judged not true: ${statement} (${judgement.reason})`);
      }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CallError || error instanceof ProviderError)) throw error;
    problems.push(error instanceof ProviderError ? `the language model: ${error.category}` : error.message);
  } finally {
    await call?.close();
  }
  return {
    seed,
    tookMs: performance.now() - beganMs,
    problems,
    judgements,
    transcript: transcriptOf(exchanges),
    figures: figuresOf(exchanges),
  };
}

/** @param exchanges grows with the conversation */
async function converse(
  call: Call,
  caller: Caller,
  { greeting }: ReadScenario,
  exchanges: Judged[],
  signal: AbortSignal,
): Promise<void> {
  let latest = judged(await call.greeted(caller.interruptsAfterMs), greeting);
  for (;;) {
    exchanges.push(latest);
    const interrupts = caller.interruptsAfterMs !== undefined;
    const next = await caller.next(textOf(latest), signal);
    if (next === undefined) return;
    const { text, step } = next;
    const line = { text, interrupts, interruptedAfterMs: caller.interruptsAfterMs, answeredBy: step?.persona };
    latest = judged(await call.say(line), step);
  }
}

/** The same object with its rules: what an answer is may still change. */
const judged = (exchange: Exchange, rules: Judged['rules']): Judged =>
  Object.assign(exchange, rules !== undefined && { rules });

/** Everything that a caller may say whose lines are written down. */
const linesOf = ({ caller, replies }: ReadScenario): string[] =>
  'steps' in caller ? [...caller.steps, ...replies].flatMap(({ say }) => say) : [];

const callerOf = (
  { caller, replies, callerName }: ReadScenario,
  random: () => number,
  model: Model | undefined,
): Caller =>
  'steps' in caller
    ? new ScriptedCaller(caller.steps, replies, random)
    : new PlayedCaller({ ...caller, name: callerName }, model!.ask.bind(model));
