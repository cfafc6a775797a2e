// A lock file with some packages of another, at the same versions and in the same places.

/** The package that a specifier is from: `@scope/name/file` is of `@scope/name`. */
export const nameOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** Where Node finds a package from another's place: beside it, or further up. */
function placeOf(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const place = `${at && `${at}/`}node_modules/${name}`;
    if (packages[place]) return place;
    if (at === '') return undefined;
  }
}

/** What npm installs with a package; that which is optional is only there where the lock file has it. */
function* neededBy({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    yield { name, isOptional: name in optionalDependencies };
  }
  for (const name of Object.keys(peerDependencies)) {
    if (!peerDependenciesMeta[name]?.optional) yield { name, isOptional: false };
  }
}

/** Returns the lock file of a project with these dependencies, and its package.json, which names their exact versions. */
export function pruneLock({ lockfileVersion, packages }, names, { manifest, overrides = {} }) {
  const kept = new Set();
  const keep = (place) => {
    if (kept.has(place)) return;
    kept.add(place);
    for (const { name, isOptional } of neededBy(packages[place])) {
      const next = placeOf(packages, place, name);
      if (next) keep(next);
      else if (!isOptional) throw new Error(`package-lock.json lacks ${name}, which ${place} needs`);
    }
  };
  for (const name of names) keep(`node_modules/${name}`);
  const places = [...kept].sort();
  const installed = new Set(places.map((place) => place.slice(place.lastIndexOf('node_modules/') + 13)));
  const pinned = {
    ...manifest,
    dependencies: Object.fromEntries(names.sort().map((name) => [name, packages[`node_modules/${name}`].version])),
    overrides: Object.fromEntries(Object.entries(overrides).filter(([name]) => installed.has(name))),
  };
  const { name, version, license, engines, dependencies } = pinned;
  const own = { name, version, license, engines, dependencies };
  const entries = places.map((place) => [place, packages[place]]);
  return {
    pinned,
    lock: { name, version, lockfileVersion, requires: true, packages: { '': own, ...Object.fromEntries(entries) } },
  };
}
