import { Counter, type Registry } from 'prom-client';
import type { EyesStats } from '../sight/eyes.ts';

/** What is seen of people. */
export function eyesMetrics(registers: Registry[]) {
  let stats: EyesStats | undefined;
  const follow = (name: string, help: string, value: (stats: EyesStats) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        if (stats !== undefined) this.inc(value(stats));
      },
    });
  follow('visavis_camera_frames_decoded_total', 'Camera pictures decoded', each => each.framesDecoded);
  follow('visavis_camera_frames_dropped_total', 'Camera pictures nobody had time for', each => each.framesDropped);
  follow('visavis_faces_read_total', 'Faces looked at for feelings', each => each.facesRead);
  follow('visavis_face_reading_seconds_total', 'Time spent on reading faces', each => each.faceReadMs / 1000);
  follow('visavis_eyes_restarts_total', 'Times the thread that sees was replaced', each => each.restarts);
  return {
    /** Counts what the eyes do from now on; `theirs` grow. */
    eyes(theirs: EyesStats): void {
      stats = theirs;
    },
  };
}
