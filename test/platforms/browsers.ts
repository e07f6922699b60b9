/*
 * The browsers that pages are opened in, one for each engine: which programs they are and how each is started, headless and without anything that a browser does on its own
 * account. WebKit has no headless window of its own: it gets one that nobody sees from xvfb-run.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Engine = 'chromium' | 'firefox' | 'webkit';

export interface Browser {
  readonly engine: Engine;
  readonly program: string;
}

/** How a page is opened; nothing of it by default. */
export interface Visit {
  /** Cross-origin isolated: such a page may share memory between threads. */
  readonly isolated?: boolean;
  /** The program runs in a worker of the page. */
  readonly worker?: boolean;
  /** With WebGPU on a software adapter; without it Chromium has none. WebKit has none at all. */
  readonly adapter?: boolean;
  /** From an address that isn't the machine's own, so the browser withholds what only safe pages have. Chromium only. */
  readonly insecure?: boolean;
}

/** Stands for the machine's own address where a visit is insecure. */
export const elsewhere = 'nn.test';

/** What is run, and what differs in its environment. */
export interface Start {
  readonly command: string;
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

interface Kind {
  /** What to install. */
  readonly debian: string;
  readonly programs: readonly string[];
  /** Where it lies in a folder of the system's libraries, if that isn't on PATH. */
  readonly within?: string;
  start(program: string, page: string, profile: string, visit: Visit): Start;
}

/** Nothing on its own account, and no question whether a long script shall be stopped. */
const preferences = `
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.update.enabled", false);
user_pref("dom.max_script_run_time", 0);
`;

/** WebGPU also where the driver is a software one. */
const onSoftware = `
user_pref("dom.webgpu.enabled", true);
user_pref("gfx.webgpu.ignore-blocklist", true);
`;

const kinds: Readonly<Record<Engine, Kind>> = {
  chromium: {
    debian: 'chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    start: (program, page, profile, { adapter = false, insecure = false }) => ({
      command: program,
      options: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        // WebGPU on the software adapter that Chromium brings; without them it gives none.
        ...(adapter ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : []),
        ...(insecure ? [`--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`] : []),
        `--user-data-dir=${profile}`,
        page,
      ],
      environment: {},
    }),
  },
  firefox: {
    debian: 'firefox-esr',
    programs: ['firefox-esr', 'firefox'],
    start: (program, page, profile, { adapter = false }) => {
      writeFileSync(join(profile, 'user.js'), preferences + (adapter ? onSoftware : ''));
      // It refuses to run where the home is somebody else's.
      return {
        command: program,
        options: ['--headless', '--no-remote', '--profile', profile, page],
        environment: { HOME: profile },
      };
    },
  },
  webkit: {
    debian: 'webkit2gtk-driver xvfb xauth',
    programs: ['MiniBrowser'],
    within: 'webkit2gtk-4.1/MiniBrowser',
    start: (program, page, profile) => ({
      command: 'xvfb-run',
      options: ['-a', program, page],
      environment: {
        HOME: profile,
        TMPDIR: profile,
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        LIBGL_ALWAYS_SOFTWARE: '1',
        // Safari has it in isolated pages; the GTK port leaves it off.
        JSC_useSharedArrayBuffer: '1',
      },
    }),
  },
};

/** The first of these programs on PATH. */
export const onPath = (names: readonly string[]): string | undefined =>
  names
    .flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)))
    .find((file) => existsSync(file));

function amongLibraries(file: string): string | undefined {
  const libraries = '/usr/lib';
  const folders = existsSync(libraries) ? readdirSync(libraries) : [];
  return folders.map((folder) => join(libraries, folder, file)).find((program) => existsSync(program));
}

/** The browser of an engine; undefined where there is none. */
export function findBrowser(engine: Engine = 'chromium'): Browser | undefined {
  const { programs, within } = kinds[engine];
  const program = onPath(programs) ?? (within === undefined ? undefined : amongLibraries(within));
  return program === undefined || (engine === 'webkit' && onPath(['xvfb-run']) === undefined)
    ? undefined
    : { engine, program };
}

/** Why there is none. */
export const missing = (engine: Engine): string =>
  `there is no ${engine} (Debian: apt-get install ${kinds[engine].debian})`;

export const startOf = ({ engine, program }: Browser, page: string, profile: string, visit: Visit): Start =>
  kinds[engine].start(program, page, profile, visit);
