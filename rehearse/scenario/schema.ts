import { z } from 'zod';
import { LIMITS } from '../../protocol/limits.ts';
import { Emotion } from '../../protocol/timeline.ts';
import { exactly, readPattern } from './phrases.ts';

/** Of one line, and of a pattern, characters. */
const LONGEST_LINE = 1000;
const LONGEST_PATTERN = 300;
const MOST = { scenarios: 100, lines: 100, phrases: 50, times: 1000 } as const;

/** Reports the issues of a schema that was chosen by hand: a union would only say that nothing fits. */
const by =
  <T>(choose: (given: unknown) => z.ZodType<T>) =>
  (given: unknown, context: z.RefinementCtx<unknown>): T => {
    const result = choose(given).safeParse(given);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.addIssue({ ...issue, input: issue.input } as never);
    return z.NEVER;
  };

const Phrase = z.unknown().transform(
  by(given =>
    typeof given === 'object' && given !== null
      ? z.strictObject({ text: z.string().min(1).max(LONGEST_PATTERN) }).transform(({ text }) => exactly(text))
      : z
          // YAML reads 112 as a number.
          .preprocess(
            words => (typeof words === 'number' ? String(words) : words),
            z
              .string({
                error: 'words to look for, a pattern of them, or { text: "€ 19.99" } for these very characters',
              })
              .min(1)
              .max(LONGEST_PATTERN),
          )
          .transform((source, context) => {
            try {
              return readPattern(source);
            } catch (error) {
              const hint = 'signs belong into { text: "…" }; docs/rehearsing.md has the pattern language';
              context.addIssue({ code: 'custom', message: `${(error as Error).message} (${hint})` });
              return z.NEVER;
            }
          }),
  ),
);

/** One, or a list. */
const some = <T>(one: z.ZodType<T>, most: number) =>
  z
    .unknown()
    .transform(
      by<T[]>(given => (Array.isArray(given) ? z.array(one).min(1).max(most) : one.transform(each => [each]))),
    );

const Phrases = some(Phrase, MOST.phrases);
const Line = z.string().trim().min(1).max(LONGEST_LINE);
const Ms = z.number().int().min(1).max(120_000);
const Percentiles = z
  .strictObject({ p50: Ms, p95: Ms })
  .partial()
  .refine(limits => Object.keys(limits).length > 0, 'say at least one of p50 and p95');

/** What must hold of one answer. */
const answerRules = {
  /** All of these are in it. */
  must: Phrases.optional(),
  /** None of these is. */
  mustNot: Phrases.optional(),
  /** Who answers; where somebody takes over, the one who takes over. */
  persona: z.string().min(1).max(64).optional(),
  /** What the face shows, one of these. */
  feeling: some(Emotion, Emotion.options.length).optional(),
};

const Greeting = z.strictObject(answerRules);

const Step = z
  .strictObject({
    /** One of these, where it is a list. A pause in mid-line is `|900|`, ms. */
    say: some(Line, MOST.phrases),
    /** Only where the latest answer has one of these; else the step is left out. */
    when: Phrases.optional(),
    /** Begins when so much of the answer before was heard. */
    interruptAfterMs: Ms.optional(),
    /** The avatar is silent so soon after the caller has begun to speak over it. */
    interrupted: Ms.optional(),
    ...answerRules,
  })
  .refine(({ interruptAfterMs, when }) => interruptAfterMs === undefined || when === undefined, {
    path: ['when'],
    message: 'who interrupts has not heard the answer to its end: leave out one of when and interruptAfterMs',
  })
  .refine(({ interruptAfterMs, interrupted }) => interrupted === undefined || interruptAfterMs !== undefined, {
    path: ['interrupted'],
    message: 'say with interruptAfterMs when this line interrupts',
  });

const Steps = z
  .array(Step)
  .min(1)
  .max(MOST.lines)
  .superRefine((steps, context) => {
    for (const [i, { interruptAfterMs }] of steps.entries())
      if (interruptAfterMs !== undefined && steps[i - 1]?.when !== undefined)
        context.addIssue({
          code: 'custom',
          path: [i, 'interruptAfterMs'],
          message: 'the line before it may be left out (when): nobody can know beforehand what is interrupted',
        });
  });

const Described = z.strictObject({
  /** Who they are, in words. */
  who: Line,
  /** What they want of this call. */
  wants: Line,
  givesUpAfterTurns: z.number().int().min(1).max(MOST.lines).default(12),
});

const Caller = z
  .unknown()
  .transform(
    by<{ steps: z.output<typeof Step>[] } | z.output<typeof Described>>(given =>
      Array.isArray(given)
        ? Steps.transform(steps => ({ steps }))
        : typeof given === 'object' && given !== null
          ? Described
          : z.never({ error: 'a list of lines to say, or { who, wants } for a person whom a language model plays' }),
    ),
  );

/** What must hold of a conversation as a whole. */
const Whole = z
  .strictObject({
    must: Phrases,
    mustNot: Phrases,
    /** Each of these is asked once, no more and no less. */
    mustAskOnce: Phrases,
    /** No question is asked twice, and nothing is answered twice in the same words. */
    mustNotRepeat: z.boolean(),
    /** Who answers in the end. */
    persona: z.string().min(1).max(64),
    /** From the caller's last sound to the avatar's first; spoken. */
    latencyMs: Percentiles,
    /** From the caller's line to the first word of the answer; typed. */
    firstAnswerMs: Percentiles,
    /** Of the caller's words so many are in the server's transcript, %; spoken. */
    wordsHeard: z.number().min(0).max(100),
    /** The avatar does not speak words while the caller does; spoken. */
    heardOut: z.boolean(),
  })
  .partial();

export const NOISES = ['pink', 'music', 'keyboard', 'coughs'] as const;

const Sound = z
  .strictObject({
    /** The caller's, one of the embedded voices; by default one that is not the avatar's. */
    voice: z.string().min(1).max(64),
    noise: z.strictObject({
      kind: z.enum(NOISES).default('pink'),
      /** How much louder the voice is. */
      snrDb: z.number().min(-10).max(60),
    }),
  })
  .partial();

/** What a scenario may say, and a file for all of its own. */
const common = {
  persona: z.string().min(1).max(64).optional(),
  callerName: z.string().trim().min(1).max(LIMITS.nameLength).optional(),
  times: z.number().int().min(1).max(MOST.times).optional(),
  /** Of these so many must pass, as a share. */
  pass: z.number().gt(0).max(1).optional(),
  sound: Sound.optional(),
};

const Scenario = z.strictObject({
  ...common,
  /** Unique in its file. */
  name: z.string().trim().min(1).max(200),
  /** Held in this way, or not at all. */
  only: z.enum(['typed', 'spoken']).optional(),
  caller: Caller,
  /** What the caller says to an answer that has one of these, before the next line, each once. */
  replies: z
    .array(z.strictObject({ when: Phrases, say: some(Line, MOST.phrases) }))
    .max(MOST.lines)
    .default([]),
  greeting: Greeting.optional(),
  whole: Whole.default({}),
  /** Sentences that are true of the conversation, as a language model judges. */
  judge: some(Line, MOST.phrases).default([]),
  /** How often the model is asked about each. */
  judgements: z.number().int().min(1).max(15).default(3),
});

/** A scenario file, checked. */
export const ScenarioFile = z.strictObject({ ...common, scenarios: z.array(Scenario).min(1).max(MOST.scenarios) });

export type Scenario = z.output<typeof Scenario>;
export type Step = z.output<typeof Step>;
export type Described = z.output<typeof Described>;
export type AnswerRules = z.output<typeof Greeting>;
export type Whole = z.output<typeof Whole>;
export type Sound = z.output<typeof Sound>;
