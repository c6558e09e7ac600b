/**
 * The device protocol for those who do not read TypeScript: a JSON schema of its messages, and a C header with its
 * constants and its binary header. `node infra/devices/words.ts` writes both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AUDIO_FLAGS, DEVICE, DeviceHears, DeviceSays } from '../../protocol/device.ts';
import { VISEMES } from '../../protocol/timeline.ts';

const HERE = path.resolve(import.meta.dirname, '../../examples/device');
export const FILES = {
  schema: path.join(HERE, 'visavis-device.schema.json'),
  header: path.join(HERE, 'visavis_device.h'),
};

export function schema(): string {
  const of = (message: z.ZodType) => z.toJSONSchema(message, { io: 'input', unrepresentable: 'any' });
  const { $schema, ...says } = of(DeviceSays) as { $schema: string };
  const { $schema: _, ...hears } = of(DeviceHears) as { $schema: string };
  return `${JSON.stringify({ $schema, title: 'The messages of a device', $defs: { says, hears } }, null, 2)}\n`;
}

export function header(): string {
  const constants = {
    SAMPLE_RATE: DEVICE.sampleRate,
    CHUNK_MS: DEVICE.chunkMs,
    CHUNK_SAMPLES: (DEVICE.sampleRate * DEVICE.chunkMs) / 1000,
    HEADER_BYTES: DEVICE.headerBytes,
    RETURN_WITHIN_MS: DEVICE.returnWithinMs,
    MESSAGE_BYTES: DEVICE.messageBytes,
    FLAG_BEGINS: AUDIO_FLAGS.begins,
    FLAG_ENDS: AUDIO_FLAGS.ends,
  };
  const defines = Object.entries(constants).map(([name, value]) => `#define VISAVIS_${name} ${value}`);
  return `/* The device protocol of Visavis, made from protocol/device.ts; docs/devices.md explains it. */
#ifndef VISAVIS_DEVICE_H
#define VISAVIS_DEVICE_H

#include <stddef.h>
#include <stdint.h>

${defines.join('\n')}

/* Mouth shapes, as "viseme" names them. */
#define VISAVIS_VISEMES { ${VISEMES.map(each => `"${each}"`).join(', ')} }

/* Before the sound of a binary message. */
typedef struct {
  uint8_t flags;
  uint16_t sequence;
  uint32_t position;
} visavis_audio_header;

/* Returns 1, or 0 where the message has no header of this version. */
static inline int visavis_read_header(const uint8_t *message, size_t length, visavis_audio_header *out) {
  if (length < VISAVIS_HEADER_BYTES || message[0] != 1) return 0;
  out->flags = message[1];
  out->sequence = (uint16_t)(message[2] | (message[3] << 8));
  out->position = (uint32_t)message[4] | ((uint32_t)message[5] << 8) | ((uint32_t)message[6] << 16) |
                  ((uint32_t)message[7] << 24);
  return 1;
}

#endif
`;
}

export const written = (file: string): string => readFileSync(file, 'utf8');

if (process.argv[1] === import.meta.filename) {
  writeFileSync(FILES.schema, schema());
  writeFileSync(FILES.header, header());
}
