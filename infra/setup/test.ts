/** `npm test`: types, lint and formatting, then every test; ends with `N passed, N failed, N skipped`. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
}

const node = process.execPath;
const total = { passed: 0, failed: 0, skipped: 0 };
/** Named once more at the end: a log of thousands of lines is read from there. */
const failures: string[] = [];

function check(name: string, args: string[]): void {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(node, args, { stdio: 'inherit' });
  if (status === 0) {
    total.passed += 1;
    console.log(`ok: ${name}`);
  } else fail(name);
}

function fail(what: string): void {
  total.failed += 1;
  failures.push(what);
  console.log(`FAILED: ${what}`);
}

function tests(project: string, names: string[]): void {
  console.log(`\n== tests: ${project}`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-test-'));
  const file = path.join(folder, 'report.json');
  const { status } = spawnSync(
    node,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      // What is named may lie in one project only.
      ...(names.length > 0 ? ['--passWithNoTests'] : []),
      ...names,
    ],
    { stdio: 'inherit' },
  );
  if (!fs.existsSync(file)) {
    fail(`the ${project} tests did not run to their end (status ${status})`);
    return;
  }
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as Report;
  fs.rmSync(folder, { recursive: true });
  // A file that could not even be loaded has no failed tests of its own.
  const unloaded = report.testResults.filter(
    ({ status: state, assertionResults }) =>
      state === 'failed' && assertionResults.every(each => each.status !== 'failed'),
  );
  total.passed += report.numPassedTests;
  for (const { name } of unloaded) fail(`${path.relative('.', name)} could not be loaded`);
  total.skipped += report.numPendingTests + report.numTodoTests;
  for (const { name, assertionResults } of report.testResults)
    for (const { fullName, status: state } of assertionResults)
      if (state === 'skipped' || state === 'pending') console.log(`skipped: ${fullName}`);
      else if (state === 'failed') fail(`${path.relative('.', name)}: ${fullName}`);
  if (status !== 0 && report.numFailedTests + unloaded.length === 0)
    fail(
      `the ${project} tests ended with status ${status} though none failed (something was left running, or an error went uncaught)`,
    );
}

const names = process.argv.slice(2);
if (names.length === 0) {
  check('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  check('lint and formatting', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
}
tests('unit', names);
tests('whole', names);

if (total.passed + total.failed + total.skipped === 0) fail(`no test is in a file named like ${names.join(', ')}`);

for (const what of failures) console.log(`FAILED: ${what}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
