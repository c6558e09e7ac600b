/** Contents of the wanted files, in the order asked for. Throws a RangeError where the archive is broken or lacks one. */
export function unzipped(archive: Buffer, wanted: string[]): Buffer[];
