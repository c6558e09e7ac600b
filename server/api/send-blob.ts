import path from 'node:path';
import type { FastifyReply } from 'fastify';
import type { Blob } from '../blobs/port.ts';

/**
 * Sends what is kept; a file of this machine in parts, too, if those are asked for, and not again to who has it. Needs
 * `sendFile` of @fastify/static.
 */
export function sendBlob(reply: FastifyReply, blob: Blob, type: string): FastifyReply {
  if (blob.file !== undefined)
    return reply.sendFile(path.basename(blob.file), path.dirname(blob.file), { cacheControl: false });
  return reply.type(type).header('Content-Length', blob.size).send(blob.stream());
}
