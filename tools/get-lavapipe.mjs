#!/usr/bin/env node
// `node tools/get-lavapipe.mjs`: brings Mesa's software driver, lavapipe, for the tests on WebGPU, and prints the path of the file that the Vulkan loader wants to
// know (VK_DRIVER_FILES). Debian 12's own is too old for Dawn, so it is taken from the release's backports: downloaded with apt's own lists, keys and proxies but into
// temp/lavapipe, without installing or changing anything of the system. What the driver itself needs (LLVM, libdrm …) comes with Debian's mesa-vulkan-drivers.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const packageName = 'mesa-vulkan-drivers';
const libraryName = 'libvulkan_lvp.so';
const folder = join(root, 'temp/lavapipe');
const library = join(folder, libraryName);
const driverFile = join(folder, 'icd.json');

try {
  if (!existsSync(library)) fetchLibrary();
  checkLibrary();
  // Written last and each time: it says that all is well, and the repository may have been moved.
  const ICD = { library_path: library, api_version: '1.4.305' };
  writeFileSync(driverFile, `${JSON.stringify({ file_format_version: '1.0.0', ICD })}\n`);
  console.log(driverFile);
} catch (error) {
  rmSync(driverFile, { force: true });
  console.error(`lavapipe can't be had: ${error.message}`);
  process.exitCode = 1;
}

function fetchLibrary() {
  const release = /^VERSION_CODENAME=(\w+)/m.exec(readIfThere('/etc/os-release'))?.[1];
  if (release === undefined || !existsSync('/etc/debian_version')) throw new Error('this is not a Debian release');
  const work = mkdtempSync(join(tmpdir(), 'nn-lavapipe-'));
  try {
    for (const name of ['lists/partial', 'cache/archives/partial', 'sources', 'package'])
      mkdirSync(join(work, name), { recursive: true });
    writeFileSync(join(work, 'sources/backports.sources'), backportsOf(release));
    // apt keeps what it knows in the work folder, and sees no source but ours.
    const own = {
      'Dir::State::Lists': join(work, 'lists'),
      'Dir::Cache': join(work, 'cache'),
      'Dir::Etc::SourceList': '/dev/null',
      'Dir::Etc::SourceParts': join(work, 'sources'),
      'APT::Sandbox::User': 'root',
      'Acquire::Retries': '3',
      'Acquire::http::Timeout': '30',
    };
    const options = ['-qq', ...Object.entries(own).map(([name, value]) => `-o${name}=${value}`)];
    run('apt-get', [...options, 'update'], work);
    run('apt-get', [...options, 'download', `${packageName}/${release}-backports`], work);
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    run('dpkg-deb', ['-x', archive, 'package'], work);
    const found = readdirSync(join(work, 'package'), { recursive: true }).find((path) => path.endsWith(libraryName));
    if (found === undefined) throw new Error(`there is no ${libraryName} in ${archive}`);
    mkdirSync(folder, { recursive: true });
    // By a second name, so that what stands under the right one is whole.
    writeFileSync(`${library}.new`, readFileSync(join(work, 'package', found)));
    renameSync(`${library}.new`, library);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The backports as a source of apt: the release's own first source with another suite. */
function backportsOf(release) {
  const format = '--format=$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const listed = run('apt-get', ['indextargets', format, 'Created-By: Packages'], root).split('\n');
  const [address] =
    listed.map((line) => line.split(' ')).find(([, suite, component]) => suite === release && component === 'main') ??
    [];
  if (address === undefined) throw new Error(`apt has no source for ${release} main`);
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = existsSync(keyring) ? `Signed-By: ${keyring}\n` : '';
  return `Types: deb\nURIs: ${address}\nSuites: ${release}-backports\nComponents: main\n${signed}`;
}

function checkLibrary() {
  const missing = run('ldd', [library], root).match(/\S+(?= => not found)/g);
  if (missing !== null) throw new Error(`it needs ${missing.join(', ')}: apt-get install ${packageName} libvulkan1`);
}

function run(command, args, cwd) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.trim()}`);
  return stdout;
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
