/** Repeatable chance and slow wandering, so that a face with the same seed moves the same way. */

/** Mulberry32: numbers 0..1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A smooth function of time that wanders within -1..1 around `hz`, without a period that one would notice. */
export function wander(random: () => number, hz: number): (atMs: number) => number {
  const waves = [
    { share: 0.55, pace: 1 },
    { share: 0.3, pace: 1.618 },
    { share: 0.15, pace: 2.757 },
  ].map(({ share, pace }) => ({
    share,
    speed: (2 * Math.PI * hz * pace * (0.9 + 0.2 * random())) / 1000,
    phase: random() * 2 * Math.PI,
  }));
  return atMs => waves.reduce((sum, { share, speed, phase }) => sum + share * Math.sin(atMs * speed + phase), 0);
}
