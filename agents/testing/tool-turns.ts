/** Turns of personas with tools, in virtual time, against a service on this machine. */
import { afterEach, beforeEach } from 'vitest';
import type { Conversation } from '../think/ports.ts';
import { Deeds } from '../think/tools/deeds.ts';
import type { Lookups } from '../think/tools/lookups.ts';
import { PersonaToolbox, type PersonaToolboxDeps } from '../tools/toolbox.ts';
import { personaWith, ToolService } from './tool-service.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A toolbox in virtual time that says what became of each call. */
export function toolboxFor(over: Partial<PersonaToolboxDeps> = {}) {
  const clock = new VirtualClock();
  const outcomes: string[] = [];
  const toolbox = new PersonaToolbox({
    allow: [],
    commands: [],
    searchPath: process.env.PATH ?? '',
    report: () => {},
    restarted: () => {},
    perTurn: 4,
    waitingMs: 1500,
    maxResultBytes: 1000,
    variables: {},
    clock,
    called: (outcome, tool = 'other') => outcomes.push(`${tool}: ${outcome}`),
    ...over,
  });
  return { toolbox, clock, outcomes };
}

/** Reads; has no side effects. */
export const orderTool = ({ origin }: ToolService, over: object = {}) => ({
  name: 'order',
  description: 'Where an order is.',
  parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  url: `${origin}/orders/{id}`,
  ...over,
});

/** Does something. */
export const bookingTool = ({ origin }: ToolService, over: object = {}) => ({
  name: 'book',
  description: 'Books a table.',
  parameters: {
    type: 'object',
    properties: { at: { type: 'string' }, people: { type: 'integer' } },
    required: ['at'],
  },
  url: `${origin}/tables`,
  method: 'POST',
  ...over,
});

export type TurnOptions = Partial<PersonaToolboxDeps> & {
  committed?: Promise<void>;
  deeds?: Deeds;
  lookups?: Lookups;
};

/** One turn of a persona that may call these tools of the service. */
export function turnAt(
  { origin }: ToolService,
  tools: object[],
  { committed = Promise.resolve(), deeds = new Deeds(), lookups, ...deps }: TurnOptions = {},
) {
  const { toolbox, clock, outcomes } = toolboxFor({ allow: [origin], ...deps });
  const source = personaWith(tools);
  toolbox.prepare(source);
  const controller = new AbortController();
  const conversation: Conversation = {
    persona: source.persona,
    history: [],
    turn: [{ role: 'user', speaker: 'ann', name: 'Ann', text: 'Where is my order?' }],
    deeds,
    ...(lookups !== undefined && { lookups }),
  };
  const begin = () => toolbox.begin(conversation, { signal: controller.signal, committed })!;
  const granted = begin();
  return {
    /** Arguments that are text are sent as they are. */
    run: (...calls: [name: string, args: unknown][]) =>
      granted.run(
        calls.map(([name, args]) => ({ name, arguments: typeof args === 'string' ? args : JSON.stringify(args) })),
      ),
    granted,
    begin,
    toolbox,
    clock,
    outcomes,
    deeds,
    abort: (reason = new Error('called off')) => controller.abort(reason),
  };
}

/** A service of its own for each test of a file, told to `opened`; its two tools, and turns that may call them. */
export function serviceForEach(opened: (service: ToolService) => void) {
  let service: ToolService;
  beforeEach(async () => {
    service = new ToolService();
    await service.open();
    opened(service);
  });
  afterEach(() => service.close());
  return {
    order: (over?: object) => orderTool(service, over),
    booking: (over?: object) => bookingTool(service, over),
    turn: (tools: object[], options?: TurnOptions) => turnAt(service, tools, options),
  };
}
