import { Counter, type Registry } from 'prom-client';

/** How people found their calls. */
export function ratingMetrics(registers: Registry[]) {
  return new Counter({
    name: 'visavis_ratings_total',
    help: 'Ratings that people gave at the end of a call, by persona and stars',
    labelNames: ['persona', 'stars'],
    registers,
  });
}
