import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { OperatorError } from '../../telemetry/operator-error.ts';
import type { Kind, Makers, Vendor } from './manifest.ts';

/** Vendors by name. */
export class Registry {
  readonly #vendors: ReadonlyMap<string, Vendor>;

  /** Throws {@link OperatorError} where two have the same name. */
  constructor(vendors: readonly Vendor[]) {
    this.#vendors = new Map(vendors.map(vendor => [vendor.name, vendor]));
    const twice = vendors.find(vendor => this.#vendors.get(vendor.name) !== vendor);
    if (twice !== undefined) throw new OperatorError(`there are two vendors ${twice.name}: give one another name`);
  }

  /** By name. */
  get all(): readonly Vendor[] {
    return [...this.#vendors.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  }

  get(name: string): Vendor | undefined {
    return this.#vendors.get(name);
  }

  /** Those that make something of this kind. */
  of<K extends Kind>(kind: K): { vendor: Vendor; maker: NonNullable<Makers[K]> }[] {
    return [...this.#vendors.values()].flatMap(vendor => {
      const maker = vendor.makes[kind];
      return maker === undefined ? [] : [{ vendor, maker: maker as NonNullable<Makers[K]> }];
    });
  }
}

/** A folder's manifest. Throws {@link OperatorError} where it has none. */
export async function manifestOf(folder: string): Promise<Vendor> {
  const file = path.resolve(folder, 'index.ts');
  if (!fs.existsSync(file)) throw new OperatorError(`there is no vendor in ${folder}: its manifest is index.ts`);
  const { default: vendor } = (await import(pathToFileURL(file).href)) as { default?: Partial<Vendor> };
  if (typeof vendor?.name !== 'string' || !Array.isArray(vendor.variables) || typeof vendor.makes !== 'object')
    throw new OperatorError(`${file} exports no vendor by default (docs/extending.md)`);
  return vendor as Vendor;
}

/** Folders of vendors: those beside this file that have an `index.ts`, and those that `VISAVIS_VENDORS` names. */
function folders(named: string | undefined): string[] {
  const beside = fs
    .readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => path.join(import.meta.dirname, name))
    .filter(folder => fs.existsSync(path.join(folder, 'index.ts')));
  return [...beside.toSorted(), ...(named?.split(path.delimiter).filter(Boolean) ?? [])];
}

/** All vendors that there are here. */
export const registry = new Registry(await Promise.all(folders(process.env.VISAVIS_VENDORS).map(manifestOf)));
