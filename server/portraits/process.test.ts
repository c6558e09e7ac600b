import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../testing/fakes.ts';
import { confined, startProcess } from './process.ts';
import { PortraitWorker } from './worker.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PHOTO = fs.readFileSync(path.join(ROOT, 'agents/testing/pictures/astronaut.jpg'));

let dataDir: string;
let config: string;
const usual = process.env.VISAVIS_CONFIG;
beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-confined-'));
  config = path.join(dataDir, 'config.yaml');
  fs.writeFileSync(config, 'auth: { apiSecret: deep-secret-deep-secret-deep-secret }\n');
  fs.writeFileSync(path.join(dataDir, 'development-key.json'), '{}');
  process.env.VISAVIS_CONFIG = config;
});
afterEach(() => {
  if (usual === undefined) delete process.env.VISAVIS_CONFIG;
  else process.env.VISAVIS_CONFIG = usual;
  fs.rmSync(dataDir, { recursive: true, force: true });
});

describe('the portrait worker’s process', () => {
  it('makes a portrait and shows a shipped avatar with what it is allowed', async () => {
    const worker = new PortraitWorker({ log: silentLog, dataDir });
    try {
      for (const [folder, job] of [
        ['portraits/.new-1', { type: 'make', picture: PHOTO, name: 'Eileen' }],
        ['showcase/ollie.new', { type: 'present', avatar: 'ollie' }],
      ] as const) {
        const into = path.join(dataDir, folder);
        fs.mkdirSync(into, { recursive: true });
        await worker.run({ ...job, folder: into });
        expect(fs.readdirSync(into)).toEqual(expect.arrayContaining(['preview.webm', 'thumbnail.webp']));
      }
    } finally {
      await worker.close();
    }
  }, 150_000);

  it('asks the image generator, and keeps what it drew', async () => {
    const generator = http.createServer((_request, response) =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ images: [PHOTO.toString('base64')] })),
    );
    await once(generator.listen(0, '127.0.0.1'), 'listening');
    const baseUrl = `http://127.0.0.1:${(generator.address() as AddressInfo).port}`;
    fs.writeFileSync(config, JSON.stringify({ agent: { images: { provider: 'sdwebui', baseUrl } } }));
    const worker = new PortraitWorker({ log: silentLog, dataDir });
    try {
      const { picture } = await worker.run({ type: 'imagine', words: { prompt: 'a face' } });
      expect(PHOTO.equals(picture!)).toBe(true);
      expect(fs.readdirSync(path.join(dataDir, 'images'))).toHaveLength(1);
    } finally {
      await worker.close();
      generator.close();
    }
  }, 60_000);

  it('reads and writes nothing else', () => {
    startProcess(dataDir).kill('SIGKILL');
    const { execArgv, env } = confined(dataDir, process.env);
    const tries = `
      const fs = require('node:fs');
      const outcome = work => { try { work(); return 'done'; } catch (error) { return error.code; } };
      const [readable, writable] = JSON.parse(process.argv[1]);
      console.log(JSON.stringify([
        readable.map(file => outcome(() => fs.readFileSync(file))),
        writable.map(file => outcome(() => fs.writeFileSync(file, 'x'))),
        [
          outcome(() => require('node:child_process').execFileSync('true')),
          outcome(() => fs.symlinkSync('/proc/self/environ', writable.at(-1) + '-link')),
        ],
      ]));`;
    const [no, done] = ['ERR_ACCESS_DENIED', 'done'];
    const reads = [
      [path.join(dataDir, 'development-key.json'), no],
      [config, no],
      ['/proc/self/environ', no],
      [`/proc/${process.pid}/environ`, no],
      ['/etc/passwd', no],
      [path.join(ROOT, 'visavis.config.yaml'), no],
      [path.join(ROOT, 'data/development-key.json'), no],
      [path.join(os.homedir(), '.ssh/id_rsa'), no],
      [path.join(ROOT, 'avatars/ollie/rig.json'), done],
      [path.join(dataDir, 'portrait-worker.json'), done],
    ];
    const writes = [
      [path.join(dataDir, 'development-key.json'), no],
      [path.join(dataDir, 'portrait-worker.json'), no],
      [path.join(dataDir, 'new.txt'), no],
      [path.join(ROOT, 'studio/portrait/evil.ts'), no],
      [path.join(dataDir, 'portraits-too'), no],
      [path.join(dataDir, 'images/picture'), done],
    ];
    const files = JSON.stringify([reads.map(([file]) => file), writes.map(([file]) => file)]);
    const { stdout, stderr } = spawnSync(process.execPath, [...execArgv, '-e', tries, files], { env });
    expect(stderr.toString()).toBe('');
    expect(JSON.parse(stdout.toString())).toEqual([
      reads.map(([, expected]) => expected),
      writes.map(([, expected]) => expected),
      [no, no],
    ]);
  });

  it('knows no secret but that of the image generator it asks', () => {
    const from = {
      PATH: '/bin',
      NODE_ENV: 'production',
      NODE_AUTH_TOKEN: 'secret',
      HTTPS_PROXY: 'http://ann:secret@proxy',
      VISAVIS_API_SECRET: 'secret',
      VISAVIS_METRICS_TOKEN: 'secret',
      AWS_SECRET_ACCESS_KEY: 'secret',
      OPENAI_API_KEY: 'for-pictures',
      SDWEBUI_AUTH: 'ann:secret',
      VISAVIS_CONFIG: config,
    };
    const { env, settings } = confined(dataDir, from);
    expect(Object.keys(env).sort()).toEqual([
      'MALLOC_ARENA_MAX',
      'NODE_ENV',
      'PATH',
      'VISAVIS_CONFIG',
      'VISAVIS_IMAGE_CACHE',
    ]);
    expect(JSON.stringify([env, settings])).not.toMatch(/secret/);
    fs.writeFileSync(
      config,
      'auth: { apiSecret: deep-secret-deep-secret-deep-secret }\nagent: { images: { provider: openai, seed: 3 } }\n',
    );
    const imagining = confined(dataDir, from);
    expect(imagining.env).toMatchObject({ OPENAI_API_KEY: 'for-pictures', HTTPS_PROXY: from.HTTPS_PROXY });
    expect(imagining.env).not.toHaveProperty('SDWEBUI_AUTH');
    expect(imagining.settings).toEqual({
      agent: { avatars: path.resolve('avatars'), images: [expect.objectContaining({ use: 'openai', seed: 3 })] },
    });
  });
});
