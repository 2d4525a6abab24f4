// Installs gitpost and runs its unit tests on one version of Node after another, as a person with that version would.
//   node scripts/node-versions.mjs           the versions that are supported: 20, 22, 24 and 26
//   node scripts/node-versions.mjs 20.19 26  only these
// The last commit is tested, in a fresh clone for each version. The programs come from npm's package "node".
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26'];
const folder = mkdtempSync(join(tmpdir(), 'gitpost-node-versions-'));

try {
  for (const version of versions) if (!(await isGood(version))) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} version */
async function isGood(version) {
  const tools = join(folder, `node-${version}`);
  const clone = join(folder, `gitpost-${version}`);
  const path = [join(tools, 'node_modules', 'node', 'bin'), process.env.PATH].join(delimiter);
  // npm runs on the Node whose version is tried, since that is what its own checks and every script look at.
  const env = { ...process.env, PATH: path };
  const node = join(tools, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const report = join(folder, `report-${version}.json`);
  const steps = [
    [
      'install Node',
      'npm',
      ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', tools, `node@${version}`],
      {},
    ],
    ['clone', 'git', ['clone', '--quiet', root, clone], {}],
    ['npm ci', npmOf(), ['ci', '--engine-strict', '--no-audit', '--no-fund'], { cwd: clone, env, node }],
    [
      'unit tests',
      'node_modules/vitest/vitest.mjs',
      ['run', '--project', 'unit', '--reporter', 'json', '--outputFile', report],
      { cwd: clone, env, node },
    ],
  ];
  let warnings = 0;
  for (const [name, command, args, options] of steps) {
    const { code, output } = await run(command, args, options);
    warnings += output.split('\n').filter((line) => line.includes('EBADENGINE')).length;
    if (code === 0) continue;
    console.log(
      `Node ${version}: ${name} failed${countsOf(report)}\n${output.trimEnd().split('\n').slice(-40).join('\n')}`,
    );
    return false;
  }
  const { output } = await run(node, ['--version'], {});
  const isQuiet = warnings === 0;
  console.log(
    `Node ${output.trim()}: ${isQuiet ? 'good' : `${warnings} warnings about engines`}${countsOf(report)}`,
  );
  return isQuiet;
}

/** The script of the npm that runs this, so that it can be run by another Node. */
function npmOf() {
  if (process.env.npm_execpath) return process.env.npm_execpath;
  throw new Error('Start this by "npm run node-versions"');
}

/**
 * How many tests passed, and the names of those that did not.
 * @param {string} report
 */
function countsOf(report) {
  if (!existsSync(report)) return '';
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(
        ({ fullName, failureMessages }) => `\n  ${name}: ${fullName}: ${failureMessages[0]?.split('\n')[0]}`,
      ),
  );
  return `, ${numPassedTests} of ${numTotalTests} unit tests passed${failed.join('')}`;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, node?: string }} options with `node`, the command is a script for it
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, args, { node, ...options }) {
  return new Promise((resolve) => {
    const [program, all] = node ? [node, [command, ...args]] : [command, args];
    const shell = process.platform === 'win32' && program === 'npm';
    const child = spawn(program, all, { ...options, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (/** @type {Buffer} */ bytes) => {
      output += bytes;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
