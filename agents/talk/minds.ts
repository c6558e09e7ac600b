import type { Logger } from 'pino';
import type { AgentSettings } from '../../settings/agent.ts';
import { type Minds, makeMinds } from '../assembly/dialogue.ts';
import { makeKnowledge } from '../assembly/knowledge.ts';
import { Making } from '../assembly/makers.ts';
import { greetingOf, makeSafety } from '../assembly/safety.ts';
import { systemClock } from '../base/clock.ts';
import { toolVariablesOf } from '../environment.ts';
import { Handovers } from '../handover/handovers.ts';
import { createAgentMetrics } from '../metrics/metrics.ts';
import { Personas } from '../think/personas.ts';
import type { Persona } from '../think/ports.ts';
import { PersonaToolbox } from '../tools/toolbox.ts';

/** Those who answer and take notes, and the personas that they are ready for. */
export interface OpenMinds extends Omit<Minds, 'prepare'> {
  personas: Personas;
  /** What somebody new is greeted with: `{name}` becomes their name. */
  greeting(persona: Persona): string;
  close(): Promise<void>;
}

/**
 * Makes what a host answers with, and nothing that it hears, speaks or shows with. Nothing is kept in caches. Throws
 * SettingsError, PersonaError or ProviderError.
 */
export async function openMinds(config: AgentSettings, env: NodeJS.ProcessEnv, log: Logger): Promise<OpenMinds> {
  const metrics = createAgentMetrics(config.prices);
  const clock = systemClock;
  const toolbox = new PersonaToolbox({
    ...config.tools,
    variables: toolVariablesOf(env),
    searchPath: env.PATH ?? '',
    clock,
    report: (problem, details) => log.warn(details, problem),
    restarted: () => {},
    called: () => {},
  });
  let find: (id: string) => Persona | undefined = () => undefined;
  const handovers = new Handovers(id => find(id));
  const making = new Making({ env, models: config.models, clock, metrics, log, toolbox: handovers.around(toolbox) });
  // Who tries a persona is in no danger: nobody is told.
  const { webhook: _, ...safety } = config.safety;
  const { guard, alarm } = makeSafety(safety, { env, clock, metrics, log });
  const knowledge = await makeKnowledge(config, { making, clock, metrics, log });
  const close = async () => {
    await Promise.all([toolbox.close(), making.close(), alarm.close(), knowledge.close()]);
  };
  try {
    const deps = { making, metrics, log, clock, cache: undefined, guard, knowledge, handovers, waiting: config.tools };
    const { prepare, ...minds } = await makeMinds(config.dialogue, deps);
    const personas = new Personas(config.personas, {
      admit: source => {
        prepare(source.persona);
        toolbox.prepare(source);
        handovers.prepare(source);
      },
      refused: problem => log.warn({ problem }, 'a persona file is wrong; the persona stays as it was'),
    });
    find = id => personas.get(id);
    const greeting = (persona: Persona) => greetingOf(persona, guard);
    return { ...minds, personas, greeting, close };
  } catch (error) {
    await close();
    throw error;
  }
}
