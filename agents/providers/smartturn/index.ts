import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Vendor } from '../manifest.ts';

const fileIn = (models: string) => path.resolve(models, 'smart-turn-v3.2.onnx');

/** Smart Turn: hears whether somebody has finished, on this machine. */
const smartturn: Vendor = {
  name: 'smartturn',
  variables: [],
  makes: {
    endOfTurn: {
      settings: z.strictObject({}),
      capabilities: () => ({}),
      model: () => 'v3.2',
      absent: (_settings, models) =>
        fs.existsSync(fileIn(models)) ? undefined : `there is no ${fileIn(models)}: the set-up says how to get it`,
      async make(_settings, host) {
        const { SmartTurn } = await import('./smart-turn.ts');
        const model = new SmartTurn(fileIn(host.models), () => host.lost('end-of-turn'));
        host.queue('end-of-turn', () => model.waiting);
        return model;
      },
    },
  },
};
export default smartturn;
