/** Circles in a graph: groups of nodes that all need each other (Tarjan's strongly connected components). */

/** Each group with more than one node, or one that needs itself; nodes in the order given. */
export function circlesIn<T>(
  nodes: readonly (readonly [node: T, needs: readonly T[]])[],
): readonly (readonly T[])[] {
  const needs = new Map(nodes);
  const place = new Map(nodes.map(([node], i) => [node, i]));
  const index = new Map<T, number>();
  const low = new Map<T, number>();
  const stack: T[] = [];
  const held = new Set<T>();
  const circles: T[][] = [];

  const visit = (node: T): void => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    held.add(node);
    for (const other of needs.get(node) ?? []) {
      if (!needs.has(other)) continue;
      if (!index.has(other)) {
        visit(other);
        low.set(node, Math.min(low.get(node) ?? 0, low.get(other) ?? 0));
      } else if (held.has(other)) {
        low.set(node, Math.min(low.get(node) ?? 0, index.get(other) ?? 0));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    for (const one of group) held.delete(one);
    if (group.length > 1 || needs.get(node)?.includes(node) === true)
      circles.push(group.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)));
  };

  for (const [node] of nodes) if (!index.has(node)) visit(node);
  return circles;
}
