/**
 * Where the picture of the graph puts each cell: layers from top to bottom, so that every edge points down, at most a
 * few cells wide, so that it fits beside a notebook. Pure, and the same for the same cells and edges: a picture that
 * nothing structural changed stays put. It knows no component; circles come with their closing edges marked.
 *
 * Sugiyama's method with bounded layers (Coffman and Graham), lanes for long edges, and barycentre passes.
 */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly trained: boolean;
}

export interface PlacedNode {
  readonly id: string;
  readonly layer: number;
  /** Its left upper corner. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge extends GraphEdge {
  /** It closes a circle, and so points up. */
  readonly back: boolean;
  /** From the foot of the upper cell to the head of the lower one, through its lane. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const NODE = { width: 92, height: 34 } as const;
const GAP = { x: 12, y: 30 } as const;
const LANE = 10;
const WIDEST = 3;
const PASSES = 4;

/** A cell, or the lane of an edge that passes a layer. */
interface Slot {
  readonly key: string;
  readonly cell: boolean;
  readonly up: Slot[];
  readonly down: Slot[];
  x: number;
}

/** `ids` in reading order; edges between others are left out. */
export function layGraph(ids: readonly string[], edges: readonly GraphEdge[]): GraphLayout {
  const place = new Map(ids.map((id, i) => [id, i]));
  const known = edges.filter(({ from, to }) => place.has(from) && place.has(to) && from !== to);
  const back = closing(ids, known);
  const down = known.map((edge) =>
    back.has(edge)
      ? { edge, upper: edge.to, lower: edge.from }
      : { edge, upper: edge.from, lower: edge.to },
  );
  const layerOf = inLayers(ids, down);
  const { layers, lanes } = slotsIn(ids, down, layerOf);
  for (let pass = 0; pass < PASSES; pass++) order(layers, pass % 2 === 0);
  spread(layers);
  const all = layers.flat();
  const left = Math.min(0, ...all.map((slot) => slot.x - widthOf(slot) / 2));
  const right = Math.max(0, ...all.map((slot) => slot.x + widthOf(slot) / 2));
  const slots = new Map(all.map((slot) => [slot.key, slot]));
  const topOf = (layer: number): number => layer * (NODE.height + GAP.y);
  const middle = (key: string): number => (slots.get(key)?.x ?? 0) - left;
  return {
    width: right - left,
    height: Math.max(0, topOf(layers.length) - GAP.y),
    nodes: ids.map((id) => {
      const layer = layerOf.get(id) ?? 0;
      return { id, layer, x: middle(id) - NODE.width / 2, y: topOf(layer) };
    }),
    edges: down.map(({ edge, upper, lower }) => {
      const through = (lanes.get(edge) ?? []).flatMap(({ key, layer }) => [
        { x: middle(key), y: topOf(layer) },
        { x: middle(key), y: topOf(layer) + NODE.height },
      ]);
      const start = { x: middle(upper), y: topOf(layerOf.get(upper) ?? 0) + NODE.height };
      const end = { x: middle(lower), y: topOf(layerOf.get(lower) ?? 0) };
      return { ...edge, back: back.has(edge), points: [start, ...through, end] };
    }),
  };
}

/** A smooth path through the points of an edge, straight where it passes a layer. */
export function edgePath(points: PlacedEdge["points"]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let before = first;
  return rest.reduce((path, point) => {
    const bend = (point.y - before.y) / 2;
    const straight = before.x === point.x;
    const step = straight
      ? `V${point.y}`
      : `C${before.x} ${before.y + bend} ${point.x} ${point.y - bend} ${point.x} ${point.y}`;
    before = point;
    return path + step;
  }, `M${first.x} ${first.y}`);
}

/** Where an arrow key leads: the nearest cell in the layer above or below, or the next one in the same layer. */
export function neighbourOf(
  nodes: readonly PlacedNode[],
  key: string,
  from: string,
): string | undefined {
  const here = nodes.find((node) => node.id === from);
  const wanted = {
    ArrowDown: (node: PlacedNode, layer: number) => node.layer === layer + 1,
    ArrowUp: (node: PlacedNode, layer: number) => node.layer === layer - 1,
    ArrowRight: (node: PlacedNode, layer: number, x: number) => node.layer === layer && node.x > x,
    ArrowLeft: (node: PlacedNode, layer: number, x: number) => node.layer === layer && node.x < x,
  }[key];
  if (!here || !wanted) return undefined;
  const { layer, x } = here;
  return nodes
    .filter((node) => wanted(node, layer, x))
    .sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0]?.id;
}

/** The edges that close a circle when cells are walked as they are read. */
function closing(ids: readonly string[], edges: readonly GraphEdge[]): ReadonlySet<GraphEdge> {
  const leaving = new Map<string, GraphEdge[]>(ids.map((id) => [id, []]));
  for (const edge of edges) leaving.get(edge.from)?.push(edge);
  const state = new Map<string, "open" | "done">();
  const back = new Set<GraphEdge>();
  for (const id of ids) {
    if (state.has(id)) continue;
    const path = [{ id, next: 0 }];
    state.set(id, "open");
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const edge = leaving.get(top.id)?.[top.next++];
      if (!edge) {
        state.set(top.id, "done");
        path.pop();
      } else if (state.get(edge.to) === "open") back.add(edge);
      else if (!state.has(edge.to)) {
        state.set(edge.to, "open");
        path.push({ id: edge.to, next: 0 });
      }
    }
  }
  return back;
}

interface Down {
  readonly edge: GraphEdge;
  readonly upper: string;
  readonly lower: string;
}

/** Each cell below all that it needs, as high as there is room; cells without edges come last. */
function inLayers(ids: readonly string[], down: readonly Down[]): ReadonlyMap<string, number> {
  const uppers = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { upper, lower } of down) uppers.get(lower)?.push(upper);
  const tied = new Set(down.flatMap(({ upper, lower }) => [upper, lower]));
  const layers = new Map<string, number>();
  const filled: number[] = [];
  const put = (id: string, from: number): void => {
    let layer = from;
    while ((filled[layer] ?? 0) >= WIDEST) layer++;
    filled[layer] = (filled[layer] ?? 0) + 1;
    layers.set(id, layer);
  };
  let waiting = ids.filter((id) => tied.has(id));
  while (waiting.length > 0) {
    const ready = waiting.filter((id) => uppers.get(id)?.every((one) => layers.has(one)));
    for (const id of ready.slice(0, 1))
      put(id, Math.max(0, ...(uppers.get(id) ?? []).map((one) => (layers.get(one) ?? 0) + 1)));
    const [first] = ready;
    waiting = waiting.filter((id) => id !== first);
    if (first === undefined) break;
  }
  const below = filled.length;
  for (const id of ids) if (!layers.has(id)) put(id, below);
  return layers;
}

/** Every layer with its cells and the lanes that pass it; edges of one kind from one cell share a lane. */
function slotsIn(
  ids: readonly string[],
  down: readonly Down[],
  layerOf: ReadonlyMap<string, number>,
): {
  readonly layers: Slot[][];
  readonly lanes: ReadonlyMap<
    GraphEdge,
    readonly { readonly key: string; readonly layer: number }[]
  >;
} {
  const layers: Slot[][] = [];
  const slots = new Map<string, Slot>();
  const slot = (key: string, cell: boolean, layer: number): Slot => {
    const known = slots.get(key);
    if (known) return known;
    const made: Slot = { key, cell, up: [], down: [], x: 0 };
    slots.set(key, made);
    (layers[layer] ??= []).push(made);
    return made;
  };
  for (const id of ids) slot(id, true, layerOf.get(id) ?? 0);
  const lanes = new Map<GraphEdge, { key: string; layer: number }[]>();
  for (const { edge, upper, lower } of down) {
    const [from, to] = [layerOf.get(upper) ?? 0, layerOf.get(lower) ?? 0];
    const passed: { key: string; layer: number }[] = [];
    let above = slot(upper, true, from);
    for (let layer = from + 1; layer < to; layer++) {
      const key = `${upper} ${edge.trained ? "trained" : "value"} ${layer}`;
      const lane = slot(key, false, layer);
      passed.push({ key, layer });
      if (!above.down.includes(lane)) {
        above.down.push(lane);
        lane.up.push(above);
      }
      above = lane;
    }
    const end = slot(lower, true, to);
    above.down.push(end);
    end.up.push(above);
    lanes.set(edge, passed);
  }
  return { layers: Array.from(layers, (layer) => layer ?? []), lanes };
}

/** Puts each layer in the order of the middles of its neighbours, which removes most crossings. */
function order(layers: readonly Slot[][], downwards: boolean): void {
  const at = new Map<Slot, number>();
  const number = (layer: readonly Slot[]): void => layer.forEach((slot, i) => at.set(slot, i));
  layers.forEach(number);
  const turn = downwards ? layers : layers.toReversed();
  for (const layer of turn) {
    const middle = new Map(
      layer.map((slot, i) => {
        const neighbours = downwards ? slot.up : slot.down;
        const sum = neighbours.reduce((total, one) => total + (at.get(one) ?? 0), 0);
        return [slot, neighbours.length === 0 ? i : sum / neighbours.length] as const;
      }),
    );
    layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    number(layer);
  }
}

/** Draws neighbours over one another as far as their order and their widths allow. */
function spread(layers: readonly Slot[][]): void {
  for (const layer of layers) pack(layer, () => 0);
  for (let pass = 0; pass < PASSES; pass++) {
    const downwards = pass % 2 === 0;
    for (const layer of downwards ? layers : layers.toReversed())
      pack(layer, (slot) => {
        const near = downwards ? slot.up : slot.down;
        const all = near.length > 0 ? near : [...slot.up, ...slot.down];
        if (all.length === 0) return slot.x;
        return all.reduce((sum, one) => sum + one.x, 0) / all.length;
      });
  }
  for (const layer of layers) for (const slot of layer) slot.x = Math.round(slot.x);
}

/** The places nearest to the wished ones that keep order and distance (pool adjacent violators). */
function pack(layer: readonly Slot[], wish: (slot: Slot) => number): void {
  const offsets: number[] = [];
  layer.forEach((slot, i) => {
    const before = layer[i - 1];
    const room = before ? (widthOf(before) + widthOf(slot)) / 2 + GAP.x : 0;
    offsets.push((offsets[i - 1] ?? 0) + room);
  });
  const pools: { sum: number; count: number }[] = [];
  layer.forEach((slot, i) => {
    let pool = { sum: wish(slot) - (offsets[i] ?? 0), count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count >= pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  });
  const starts = pools.flatMap(({ sum, count }) =>
    Array.from({ length: count }, () => sum / count),
  );
  layer.forEach((slot, i) => (slot.x = (starts[i] ?? 0) + (offsets[i] ?? 0)));
}

function widthOf(slot: Slot): number {
  return slot.cell ? NODE.width : LANE;
}
