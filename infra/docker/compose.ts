/** What `docker-compose.yml`, the image and `.env.example` say, as the tests read it. */
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const read = (name: string): string => fs.readFileSync(path.join(ROOT, name), 'utf8');

export interface Service {
  image: string;
  user?: string;
  command?: string[];
  environment?: Record<string, string | number>;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  privileged?: boolean;
  network_mode?: string;
  security_opt?: string[];
  restart?: string;
  healthcheck?: { test: string[] };
  build?: object;
  ports?: string[];
  volumes?: string[];
  deploy?: { resources: { limits: { cpus: string; memory: string; pids: number } } };
}

export const COMPOSE = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };

/** Variables that `.env.example` names, with what it gives them. */
export const EXAMPLE = Object.fromEntries(
  [...read('.env.example').matchAll(/^(?:# )?(\w+)=(.*)$/gm)].map(match => [match[1]!, match[2]!]),
);

const SECRET = 'a-secret-of-32-characters-or-more';
/** `.env` as an operator fills it in. */
export const GIVEN: Record<string, string> = {
  ...Object.fromEntries(
    [...read('.env.example').matchAll(/^(\w*(?:SECRET|TOKEN|PASSWORD))=$/gm)].map(match => [match[1]!, SECRET]),
  ),
  VISAVIS_API_KEY: 'key',
  VISAVIS_ANNOUNCED_ADDRESS: '192.0.2.10',
};

/** As Compose fills in variables: `${A}`, `${A:-else}`, `${A:?or not at all}`. */
export const filledIn = (text: string, given = GIVEN): string =>
  text.replace(/\$\{(\w+)(?::([-?])([^{}]*))?\}/g, (_, name: string, kind?: string, rest = '') => {
    const value = given[name];
    if (value !== undefined && value !== '') return value;
    if (kind === '?') throw new Error(`${name}: ${rest}`);
    return kind === '-' ? rest : '';
  });

/** The environment of a service's process: the image's, then the service's. */
export function environmentOf(service: string): Record<string, string> {
  const image = [...read('infra/docker/Dockerfile').matchAll(/\b(NODE_ENV|VISAVIS_\w+)=(\S+)/g)];
  return {
    ...Object.fromEntries(image.map(match => [match[1]!, match[2]!])),
    ...Object.fromEntries(
      Object.entries(COMPOSE.services[service]?.environment ?? {}).map(([name, value]) => [
        name,
        filledIn(String(value)),
      ]),
    ),
  };
}
