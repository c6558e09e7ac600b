import { Counter, Gauge, type Registry } from 'prom-client';

/** How much faces do, and what becomes of their threads. */
export function faceMetrics(registers: Registry[]) {
  const degradations = new Counter({
    name: 'visavis_face_degradations_total',
    help: 'Steps of faces on the ladder of what they do with less, by the rung that was reached',
    labelNames: ['level', 'direction'],
    registers,
  });
  const levels = new Gauge({
    name: 'visavis_face_levels',
    help: 'Faces on each rung of the ladder',
    labelNames: ['level'],
    registers,
  });
  const replacements = new Counter({
    name: 'visavis_face_replacements_total',
    help: 'Face threads that were replaced in the middle of a conversation',
    labelNames: ['reason'],
    registers,
  });
  return {
    faceStepped: (level: string, direction: string) => degradations.inc({ level, direction }),
    /** One face more (1) or less (-1) is on this rung. */
    faceLevel: (level: string, change: 1 | -1) => levels.inc({ level }, change),
    faceReplaced: (reason: string) => replacements.inc({ reason }),
  };
}
