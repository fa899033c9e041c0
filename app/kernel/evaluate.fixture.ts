/** Many of Arquero's verbs over one random table; bundled twice by the test beside it. */
import * as aq from "arquero";

type Row = Record<string, number>;
const { op } = aq;

export function results(random: () => number): unknown {
  const kinds = ["a", "b", "c", null];
  const rows = Array.from({ length: 60 }, (_, i) => ({
    i,
    kind: kinds[Math.floor(random() * 4)],
    x: random() < 0.1 ? null : Math.round(random() * 100),
    y: random(),
  }));
  const table = aq.from(rows);
  const limit = 40;
  const tables: aq.Table[] = [
    table.filter((d: Row) => d["kind"] !== null && (d["x"] ?? 0) > 20),
    table.filter(aq.escape((d: Row) => (d["x"] ?? 0) > limit)),
    table.derive({ z: (d: Row) => op.round((d["x"] ?? 0) * 2) + 1, w: "d => `${d.kind}-${d.i}`" }),
    table.groupby("kind").rollup({
      n: op.count(),
      mean: op.mean("x"),
      sd: op.stdev("y"),
      all: op.array_agg("i"),
      median: op.median("x"),
    }),
    table.orderby("kind", aq.desc("x")),
    table
      .groupby("kind")
      .orderby("y")
      .derive({ rank: op.rank(), last: op.lag("x", 1) }),
    table.join(aq.from([{ kind: "a", name: "A" }]), ["kind", "kind"]),
    table.lookup(aq.from([{ kind: "b", name: "B" }]), ["kind", "kind"], "name"),
    table
      .fold(["x", "y"])
      .groupby("key")
      .rollup({ sum: (d: Row) => op.sum(d["value"] ?? 0) }),
    table.impute({ x: "() => op.mean('x')" }),
    table.groupby("kind").pivot("kind", { value: (d: Row) => op.max(d["x"] ?? 0) }),
    (table.params({ cut: 30 }) as aq.ColumnTable).filter(
      (d: Row, $: Row) => (d["x"] ?? 0) > ($["cut"] ?? 0),
    ),
    table.dedupe("kind"),
  ];
  return tables.map((made) => made.objects());
}
