import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Kind, Makers, Vendor } from './manifest.ts';

/** Every folder beside this file with an `index.ts` is a vendor. */
async function found(folder: string): Promise<Vendor[]> {
  const files = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => path.join(folder, name, 'index.ts'))
    .filter(file => fs.existsSync(file))
    .toSorted();
  return Promise.all(
    files.map(async file => ((await import(pathToFileURL(file).href)) as { default: Vendor }).default),
  );
}

/** Vendors by name. */
export class Registry {
  readonly #vendors: ReadonlyMap<string, Vendor>;

  constructor(vendors: readonly Vendor[]) {
    this.#vendors = new Map(vendors.map(vendor => [vendor.name, vendor]));
  }

  get(name: string): Vendor | undefined {
    return this.#vendors.get(name);
  }

  /** With others beside those that are there. */
  with(...more: readonly Vendor[]): Registry {
    return new Registry([...this.#vendors.values(), ...more]);
  }

  /** Those that make something of this kind. */
  of<K extends Kind>(kind: K): { vendor: Vendor; maker: NonNullable<Makers[K]> }[] {
    return [...this.#vendors.values()].flatMap(vendor => {
      const maker = vendor.makes[kind];
      return maker === undefined ? [] : [{ vendor, maker: maker as NonNullable<Makers[K]> }];
    });
  }
}

/** The vendors that come with Visavis. */
export const registry = new Registry(await found(import.meta.dirname));
