import type { Logger } from 'pino';
import type { AgentSettings } from '../../settings/agent.ts';
import { numbersFor } from '../../settings/emergency.ts';
import type { Clock } from '../base/clock.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import { Alarm } from '../safety/alarm.ts';
import { Answers } from '../safety/answers.ts';
import { Guard } from '../safety/dialogue.ts';
import { Hearing } from '../safety/hearing.ts';
import { Honesty } from '../safety/honesty.ts';
import type { Persona } from '../think/ports.ts';

/** What somebody new is greeted with: once it says that an AI speaks, unless the persona is not to. */
export const greetingOf = (persona: Persona, { honesty }: Guard): string =>
  persona.disclose === false ? persona.greeting : honesty.greeting(persona.greeting, persona);

/** The variable that holds what the webhook's messages are signed with. */
export const WEBHOOK_SECRET = 'VISAVIS_SAFETY_WEBHOOK_SECRET';

/** What stands before everybody who answers, and whom it tells. */
export interface Safety {
  guard: Guard;
  alarm: Alarm;
}

/** Reads what danger sounds like and what is said then. Throws where a file is wrong. */
export function makeSafety(
  { enabled, country, numbers, webhook, webhookText }: AgentSettings['safety'],
  { env, clock, metrics, log }: { env: NodeJS.ProcessEnv; clock: Clock; metrics: AgentMetrics; log: Logger },
): Safety {
  if (!enabled)
    log.warn('agent.safety.enabled is false: nobody who says that they are in danger is answered by what helps');
  const secret = env[WEBHOOK_SECRET];
  if (webhook !== undefined && !secret)
    log.warn(
      `agent.safety.webhook is told without a signature: set ${WEBHOOK_SECRET}, so that it can tell who tells it`,
    );
  const alarm = new Alarm({
    ...(webhook !== undefined && { webhook }),
    ...(secret && { secret }),
    webhookText,
    clock,
    count: kind => metrics.danger(kind),
    told: (outcome, reason) => {
      metrics.safetyWebhook(outcome);
      if (outcome === 'failed') log.error({ reason }, 'the webhook of agent.safety could not be told');
    },
  });
  const answers = new Answers(numbersFor(country, numbers));
  return { guard: new Guard(enabled ? new Hearing() : undefined, answers, new Honesty()), alarm };
}
