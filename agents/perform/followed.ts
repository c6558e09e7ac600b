import type { Follower, Performance } from './port.ts';

/** A performance and those who look on. They are told first, and borrow the samples; then the performer takes them. */
export function followed(performer: Performance, ...followers: Follower[]): Performance {
  const each = (tell: (one: Omit<Follower, 'speech'>) => void) => {
    for (const follower of followers) tell(follower);
    tell(performer);
  };
  return {
    capabilities: performer.capabilities,
    begin: turnId => each(one => one.begin(turnId)),
    speech: (turnId, chunk) => {
      for (const follower of followers) follower.speech(turnId, chunk);
      performer.speech(turnId, chunk);
    },
    complete: turnId => each(one => one.complete(turnId)),
    pause: turnId => each(one => one.pause(turnId)),
    resume: turnId => each(one => one.resume(turnId)),
    cancel: turnId => each(one => one.cancel(turnId)),
    mood: mood => each(one => one.mood(mood)),
  };
}
