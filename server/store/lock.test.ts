import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshFolder } from './contract/subject.ts';
import { DataDirInUseError } from './errors.ts';
import { lockDataDir } from './lock.ts';

describe('the lock of a data directory', () => {
  let folder: string;
  beforeEach(() => {
    folder = freshFolder();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const holder = (value: unknown) => fs.writeFileSync(path.join(folder, 'server.lock'), JSON.stringify(value));

  it('is held by one, until it is given back', () => {
    const unlock = lockDataDir(folder);
    expect(() => lockDataDir(folder)).toThrow(DataDirInUseError);
    unlock();
    unlock();
    lockDataDir(folder)();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process that is gone, or whose id somebody else has now', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    holder({ pid: child.pid, started: '1' });
    lockDataDir(folder)();
    holder({ pid: 1, started: 'long ago' });
    if (process.platform === 'linux') lockDataDir(folder)();
    holder({ pid: process.pid, started: 'a container before this one' });
    lockDataDir(folder)();
    fs.writeFileSync(path.join(folder, 'server.lock'), 'damaged');
    lockDataDir(folder)();
  });
});
