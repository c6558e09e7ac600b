/** Writes the dashboards: `node infra/grafana/make.ts`. */
import fs from 'node:fs';
import path from 'node:path';
import { BOARDS } from './boards.ts';
import { dashboard } from './panels.ts';

for (const board of BOARDS)
  fs.writeFileSync(
    path.join(import.meta.dirname, 'dashboards', `${board.uid}.json`),
    `${JSON.stringify(dashboard(board), null, 2)}\n`,
  );
