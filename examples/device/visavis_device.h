/* The device protocol of Visavis, made from protocol/device.ts; docs/devices.md explains it. */
#ifndef VISAVIS_DEVICE_H
#define VISAVIS_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#define VISAVIS_SAMPLE_RATE 16000
#define VISAVIS_CHUNK_MS 100
#define VISAVIS_CHUNK_SAMPLES 1600
#define VISAVIS_HEADER_BYTES 8
#define VISAVIS_RETURN_WITHIN_MS 60000
#define VISAVIS_MESSAGE_BYTES 131072
#define VISAVIS_FLAG_BEGINS 1
#define VISAVIS_FLAG_ENDS 2

/* Mouth shapes, as "viseme" names them. */
#define VISAVIS_VISEMES { "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U" }

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
