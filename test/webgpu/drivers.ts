/*
 * The Vulkan drivers on which WebGPU is tested in Node: SwiftShader, which Chromium carries, lavapipe of Mesa (see tools/get-lavapipe.mjs), and where there is neither
 * whatever the machine has. Each is a file that the Vulkan loader is pointed to by environment variables, which must be set before Dawn starts: one process, one driver.
 * A driver counts only if Dawn gives an adapter on it. Knows nothing of what is tested.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findBrowser } from '../platforms/browsers.ts';
import { root } from '../workspace.ts';

/** A driver that gives an adapter. */
export interface Driver {
  readonly name: string;
  /** What the environment of a process must hold to get it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The adapter as it describes itself: architecture and vendor. */
  readonly adapter: string;
}

/** A driver that can't be had, and why. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

/** Where a driver's file may lie, best first, and how one comes by it. */
interface Candidate {
  readonly name: string;
  readonly files: readonly string[];
  readonly advice: string;
}

const run = promisify(execFile);
const systemFolder = '/usr/share/vulkan/icd.d';

const candidates: readonly Candidate[] = [
  {
    name: 'lavapipe',
    files: [join(root, 'temp/lavapipe/icd.json'), ...listed(systemFolder).filter((file) => /\/lvp_icd/.test(file))],
    advice: 'node tools/get-lavapipe.mjs fetches it (Debian)',
  },
  {
    name: 'swiftshader',
    files: chromiumFolders().map((folder) => join(folder, 'vk_swiftshader_icd.json')),
    advice: 'Chromium carries it (Debian: apt install chromium libvulkan1)',
  },
];

/** The drivers of this machine in the order of preference, and those that are missing. */
export async function findDrivers(): Promise<{ found: readonly Driver[]; missing: readonly Missing[] }> {
  const tried = await Promise.all(candidates.map(tryCandidate));
  const found = tried.filter((result): result is Driver => 'adapter' in result);
  const missing = tried.filter((result): result is Missing => 'reason' in result);
  if (found.length > 0) return { found, missing };
  // The machine's own adapter, by whatever means it has.
  const own = await probe({});
  return own.adapter === null
    ? { found, missing: [...missing, { name: 'the machine’s own', reason: own.reason }] }
    : { found: [{ name: 'own', environment: {}, adapter: own.adapter }], missing };
}

/** The first of the drivers, where one is enough; undefined where there is none. */
export async function preferredDriver(): Promise<Driver | undefined> {
  for (const candidate of candidates) {
    const result = await tryCandidate(candidate);
    if ('adapter' in result) return result;
  }
  return (await findDrivers()).found[0];
}

async function tryCandidate({ name, files, advice }: Candidate): Promise<Driver | Missing> {
  const reasons: string[] = [];
  for (const file of files.filter((path) => existsSync(path))) {
    const environment = environmentOf(file);
    const { adapter, reason } = await probe(environment);
    if (adapter !== null) return { name, environment, adapter };
    reasons.push(`${file}: ${reason}`);
  }
  return { name, reason: reasons.length > 0 ? reasons.join('; ') : `not on this machine; ${advice}` };
}

/** Older loaders know only the second name. The runtime folder silences a line of Vulkan's window system, which nothing here uses. */
function environmentOf(file: string): Readonly<Record<string, string>> {
  const { XDG_RUNTIME_DIR = '/tmp' } = process.env;
  return { VK_DRIVER_FILES: file, VK_ICD_FILENAMES: file, XDG_RUNTIME_DIR };
}

async function probe(
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly adapter: string | null; readonly reason: string }> {
  const manifest = join(root, 'packages/backend-webgpu/package.json');
  try {
    const { stdout, stderr } = await run(process.execPath, [join(import.meta.dirname, 'probe.mjs'), manifest], {
      env: { ...process.env, ...environment },
      timeout: 60_000,
    });
    const adapter = stdout.trim();
    return { adapter: adapter === 'none' ? null : adapter, reason: `no adapter ${firstLine(stderr)}`.trim() };
  } catch (error) {
    const { stderr = '', message } = error as Error & { readonly stderr?: string };
    return { adapter: null, reason: /Error: .+/.exec(stderr)?.[0] ?? firstLine(message) };
  }
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';

function listed(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** The program on PATH may be a script or a link; distributions put the rest of the browser in one of a few folders. */
function chromiumFolders(): readonly string[] {
  const browser = findBrowser()?.program;
  const usual = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  return browser === undefined ? usual : [dirname(realpathSync(browser)), ...usual];
}
