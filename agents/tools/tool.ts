import type { JsonSchema } from '../think/tools/json-schema.ts';
import type { CheckTime } from './check-time.ts';

/** Sends a call that was made ready, and reads its answer: JSON, text, or null where there is none. Throws ToolFailure, or the signal's reason. */
export type Send = (options: { signal?: AbortSignal; time: CheckTime }) => Promise<unknown>;

/** As JSON; undefined where it is nested too deeply for that. */
export function writtenAs(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** A tool as a toolbox calls it, wherever it is. */
export interface Tool {
  readonly name: string;
  /** For the model. */
  readonly description: string;
  readonly parameters: JsonSchema;
  /** It does something: it waits until a turn is certain [T5]. */
  readonly sideEffects: boolean;
  /** What is wrong with arguments, in a few words; undefined where nothing is. */
  check(args: unknown, time: CheckTime): Promise<string | undefined>;
  /** Makes a call ready, of arguments that were checked. Throws ToolFailure. */
  ready(args: Record<string, unknown>): Send;
  /** Takes secrets out of what it answered. */
  redacted(text: string): string;
}
