import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Vendor } from '../manifest.ts';

const MODEL = 'smart-turn-v3.2.onnx';

/** Smart Turn: hears whether somebody has finished, on this machine. */
const smartturn: Vendor = {
  name: 'smartturn',
  variables: [],
  makes: {
    endOfTurn: {
      settings: z.strictObject({}),
      capabilities: () => ({}),
      model: () => 'v3.2',
      missing: (_settings, _variables, models) =>
        fs.existsSync(path.join(models, MODEL))
          ? undefined
          : `its model is not in ${models}: start with pip and a package index within reach, or put the wheel into ${path.join(models, 'wheels')}`,
      async make(_settings, host) {
        const { SmartTurn } = await import('./smart-turn.ts');
        const model = new SmartTurn(path.resolve(host.models, MODEL), () => host.lost('end-of-turn'));
        host.queue('end-of-turn', () => model.waiting);
        host.child('end-of-turn', () => model.pids);
        return model;
      },
    },
  },
};
export default smartturn;
