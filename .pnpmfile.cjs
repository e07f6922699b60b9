// The packages that carry Node declare os and cpu as strings; pnpm records only arrays in the lockfile,
// and without these limits it would install the binaries of other systems.
module.exports = {
  hooks: {
    readPackage(manifest) {
      if (/^node-(bin-)?(linux|darwin|win)-/.test(manifest.name)) {
        manifest.os = [manifest.os].flat();
        manifest.cpu = [manifest.cpu].flat();
      }
      return manifest;
    },
  },
};
