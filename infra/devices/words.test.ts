import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeAudioHeader } from '../../protocol/device.ts';
import { FILES, header, schema, written } from './words.ts';

it('the schema and the header for C are those of the protocol: node infra/devices/words.ts', () => {
  expect(written(FILES.schema)).toBe(schema());
  expect(written(FILES.header)).toBe(header());
});

const compiler = ['cc', 'gcc', 'clang'].find(name => {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

it.skipIf(compiler === undefined)(
  'the header for C compiles without a warning, and reads what the server writes',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'visavis-c-'));
    try {
      const bytes = [...writeAudioHeader({ flags: 3, sequence: 513, position: 16_909_060 })];
      writeFileSync(
        path.join(folder, 'main.c'),
        `#include <stdio.h>
#include "${FILES.header}"
static const char *visemes[] = VISAVIS_VISEMES;
int main(void) {
  const uint8_t message[] = { ${bytes.join(', ')} };
  visavis_audio_header header;
  if (!visavis_read_header(message, sizeof message, &header)) return 1;
  printf("%d %d %u %s", header.flags, header.sequence, header.position, visemes[0]);
  return visavis_read_header(message, 7, &header);
}
`,
      );
      const program = path.join(folder, 'main');
      execFileSync(compiler!, ['-std=c99', '-Wall', '-Wextra', '-Werror', '-o', program, path.join(folder, 'main.c')]);
      expect(execFileSync(program, { encoding: 'utf8' })).toBe('3 513 16909060 sil');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
