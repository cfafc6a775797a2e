type Tree = Map<string, Tree>;

/** https://developers.google.com/youtube/v3/getting-started#fields: `a,b(c,d),e/f` keeps just that. */
export function selectFields(value: unknown, fields: string): unknown {
  const tree: Tree = new Map();
  parse([...fields], tree);
  return keep(value, tree);
}

function parse(rest: string[], tree: Tree): void {
  let branch = tree;
  let name = '';
  const take = () => {
    const inner: Tree = branch.get(name) ?? new Map();
    if (name) branch.set(name, inner);
    name = '';
    return inner;
  };
  for (let character = rest.shift(); character !== undefined && character !== ')'; character = rest.shift()) {
    if (character === ',') {
      take();
      branch = tree;
    } else if (character === '/') branch = take();
    else if (character === '(') parse(rest, take());
    else name += character;
  }
  take();
}

function keep(value: unknown, tree: Tree): unknown {
  if (tree.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => keep(item, tree));
  const kept = Object.entries(value).filter(([name]) => tree.has(name) || tree.has('*'));
  return Object.fromEntries(kept.map(([name, inner]) => [name, keep(inner, tree.get(name) ?? new Map())]));
}
