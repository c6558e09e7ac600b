import { z } from 'zod';

/** What may be wrong with somebody; those first come first where several are said at once. */
export const DANGERS = [
  'fire',
  'medical',
  'poisoning',
  'child',
  'violence',
  'self-harm',
  'harm',
  'fall',
  'lost',
] as const;
export const DangerKind = z.enum(DANGERS);
export type DangerKind = z.infer<typeof DangerKind>;

/** A kind, or one more closely: `medical`, `medical/chest`. */
export type Topic = DangerKind | `${DangerKind}/${string}`;

export const kindOf = (topic: Topic): DangerKind => topic.split('/')[0] as DangerKind;
