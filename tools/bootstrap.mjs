// Brings a machine that has only Node and npm to the repository's tools, and runs them: pnpm by its exact version through npx,
// an install when (and only when) something changed, Node 24 from the lockfile first on PATH. No dependencies of its own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The Node that a person has. Scripts that npm starts find the tools' Node first on PATH, so npm is asked for its own. */
export const ownNode = process.env.NN_NODE ?? process.env.npm_node_execpath ?? process.execPath;

const windows = process.platform === 'win32';
const binaries = join(root, 'node_modules', '.bin');
const stampFile = join(root, 'node_modules', '.nn-install');
const { packageManager, engines } = readJson(join(root, 'package.json'));

const environment = {
  ...process.env,
  // Some tools colour their output for files and pipes too.
  ...(process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: '1' }),
  PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}`,
  NN_NODE: ownNode,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  npm_config_update_notifier: 'false',
  npm_config_loglevel: 'error',
};

/** Runs a tool of the repository (`biome`, `vitest`, `node`, `turbo`, `pnpm` …) in its root and returns the exit code. */
export function run(command, args) {
  return spawn(command, args, 'inherit');
}

/** The same, showing the tool's output only when it fails. */
export function runQuietly(command, args) {
  return spawn(command, args, 'pipe');
}

/** Installs what the lockfile says, unless that is what lies there already. Returns whether the tools can be used. */
export function install() {
  if (!isRecent(process.versions.node, engines.node.replace('>=', ''))) {
    console.error(`Node ${process.version} is too old; this project needs ${engines.node}.`);
    return false;
  }
  const stamp = fingerprint();
  if (!isInstalled(stamp)) {
    if (run('pnpm', ['install', '--frozen-lockfile']) !== 0) return false;
    writeFileSync(stampFile, stamp);
  }
  // On Linux the lockfile brings the Node that the tools need; elsewhere the machine's own must do.
  if (!existsSync(join(binaries, 'node')) && !isRecent(process.versions.node, '22.18')) {
    console.error(`Node ${process.version} is too old for the build tools here; install Node 24.`);
    return false;
  }
  return true;
}

function spawn(command, args, stdio) {
  // turbo and changesets start pnpm themselves, so they are started by it, which puts it on their PATH.
  const pnpm = ['npx', '--yes', packageManager];
  const start = { pnpm, turbo: [...pnpm, 'exec', 'turbo'], changeset: [...pnpm, 'exec', 'changeset'] };
  const [program, ...rest] = [...(start[command] ?? [command]), ...args];
  const result = spawnSync(program, rest, { cwd: root, env: environment, stdio, shell: windows, maxBuffer: 2 ** 26 });
  if (result.error) {
    console.error(`${command}: ${result.error.message}`);
    return 127;
  }
  const code = result.status ?? 1;
  if (stdio === 'pipe' && code !== 0) process.stderr.write(Buffer.concat([result.stdout, result.stderr]));
  return code;
}

function isInstalled(stamp) {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) return false;
  return manifests().every(({ folder, linked }) => !linked || existsSync(join(folder, 'node_modules')));
}

/** One value for everything that an install depends on. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const shared = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', 'package.json'].map((name) =>
    join(root, name),
  );
  for (const file of [...shared, ...manifests().map(({ file }) => file)]) {
    hash.update(`${file.slice(root.length)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** The workspace packages: their manifests, and whether pnpm gives them a node_modules folder. */
function manifests() {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  return [...folders.sort(), join(root, 'test')]
    .map((folder) => ({ folder, file: join(folder, 'package.json') }))
    .filter(({ file }) => existsSync(file))
    .map(({ folder, file }) => {
      const { dependencies = {}, devDependencies = {} } = readJson(file);
      return { folder, file, linked: Object.keys({ ...dependencies, ...devDependencies }).length > 0 };
    });
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function isRecent(version, least) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
