// SPDX-License-Identifier: MIT
// How the demo's page looks: light and dark, as the reader prefers; a narrow window turns each row of a table into a card.
#pragma once

#include <string_view>

namespace demo::html {

inline constexpr std::string_view style = R"css(
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #ffffff; --text: #1a1f26; --quiet: #57606a; --line: #d9dee4; --faint: #eceff2;
  --link: #0a4fb8;
  --good: #0f5a28; --good-ground: #dcf5e3;
  --refused: #714600; --refused-ground: #fdf0cc;
  --bad: #a40e26; --bad-ground: #ffe6e9;
  --verify: #3567cf; --decode: #9a4fc4; --handle: #0f8568; --store: #a8590a; --count: #a66a12;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1319; --card: #161c24; --text: #e4eaf1; --quiet: #9ba7b4; --line: #2c3540; --faint: #222a34;
    --link: #8bb8ff;
    --good: #85e0a5; --good-ground: #13331f;
    --refused: #f0c865; --refused-ground: #392d0c;
    --bad: #ffa8a0; --bad-ground: #47161b;
    --verify: #76a4ff; --decode: #cb95f2; --handle: #4fc9a6; --store: #eda35c; --count: #d3a03f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; padding: 2rem 1.5rem 3rem; max-width: 80rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0; font-size: 1.2rem; line-height: 1.3; display: inline; }
p { margin: 0.4rem 0 0; }
a { color: var(--link); }
code { font: 0.875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; unicode-bidi: isolate; }
.quiet { color: var(--quiet); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; align-items: center; justify-content: space-between; }
header p { color: var(--quiet); }

.mark {
  display: inline-block; padding: 0.1em 0.6em; border-radius: 1em; font-size: 0.8125rem; font-weight: 600;
  line-height: 1.5; white-space: nowrap; background: var(--refused-ground); color: var(--refused);
}
.mark.good { background: var(--good-ground); color: var(--good); }
.mark.bad { background: var(--bad-ground); color: var(--bad); }
header .mark { font-size: 1rem; padding: 0.3em 1em; }

.tiles { list-style: none; margin: 1.5rem 0 0; padding: 0; display: grid; gap: 0.75rem;
  grid-template-columns: repeat(6, minmax(0, 1fr)); }
.tiles a { display: block; height: 100%; padding: 0.8rem 1rem; border: 1px solid var(--line); border-radius: 0.6rem;
  background: var(--card); color: var(--text); text-decoration: none; font-size: 0.9rem; line-height: 1.35; }
.tiles a:hover { border-color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.tiles strong { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles .quiet { font-size: 1rem; font-weight: 400; }
.tiles strong.bad { color: var(--bad); }
@media (max-width: 64rem) { .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
@media (max-width: 36rem) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }

section { margin-top: 1.25rem; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 0.6rem;
  background: var(--card); scroll-margin-top: 1rem; }
section p { max-width: 60rem; color: var(--quiet); font-size: 0.9375rem; }
summary { cursor: pointer; margin-bottom: 0.2rem; border-radius: 0.3rem; }
summary h2 { margin-right: 0.6rem; }
table { width: 100%; margin-top: 0.8rem; border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-size: 0.75rem; font-weight: 600; border-bottom: 1px solid var(--line);
  vertical-align: bottom; overflow-wrap: normal; }
tbody th { font-weight: 500; }
tbody tr + tr > * { border-top: 1px solid var(--faint); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.cut { display: block; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.line { display: flex; flex-wrap: wrap; gap: 0.1rem 0.5rem; align-items: center; }
.type { font-weight: 400; }

.time { display: flex; gap: 0.6rem; align-items: center; }
.time .number { flex: none; min-width: 3.6rem; }
.bar { flex: 1; min-width: 0; display: flex; gap: 1px; height: 0.65rem; overflow: hidden; border-radius: 0.2rem;
  background: var(--faint); }
.bar i { flex: none; height: 100%; }
.bar.long { -webkit-mask-image: linear-gradient(to right, #000 75%, transparent);
  mask-image: linear-gradient(to right, #000 75%, transparent); }
.parts { padding-left: 4.2rem; display: flex; flex-wrap: wrap; gap: 0 0.6rem; font-size: 0.75rem; line-height: 1.4;
  font-variant-numeric: tabular-nums; }
/* Each stage has a pattern too, for those who do not tell the colours apart. */
.bar i, .legend i { forced-color-adjust: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
i.verify { background: var(--verify); }
i.decode { background: repeating-linear-gradient(135deg, transparent 0 3px, var(--card) 3px 4px) var(--decode); }
i.handle { background: repeating-linear-gradient(90deg, transparent 0 2px, var(--card) 2px 3px) var(--handle); }
i.store { background: repeating-linear-gradient(0deg, transparent 0 2px, var(--card) 2px 3px) var(--store); }
i.count { background: var(--count); }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.25rem; margin-top: 0.7rem; font-size: 0.875rem; }
.legend i { display: inline-block; width: 1.5rem; height: 0.65rem; margin-right: 0.4rem; border-radius: 0.2rem; }

figure { margin: 1rem 0 0; }
figcaption { color: var(--quiet); font-size: 0.875rem; }
.strip { list-style: none; margin: 0.4rem 0 0; padding: 0; display: grid; gap: 0.25rem;
  grid-template-columns: repeat(40, minmax(0, 1fr)); }
.strip li { text-align: center; font-size: 0.8125rem; line-height: 1.6rem; border-radius: 0.25rem;
  background: var(--good-ground); color: var(--good); }
.strip .later { background: var(--refused-ground); color: var(--refused); font-weight: 700; }
.strip .gone { background: var(--bad-ground); color: var(--bad); font-weight: 700; }

/* Whose columns have widths of their own: a long text in one row must not move the others. */
.cards { table-layout: fixed; }
.deliveries thead .from { width: 4.2rem; } .deliveries thead .answer { width: 13.8rem; }
.deliveries thead .note { width: 20%; } .deliveries thead .key { width: 7.5rem; } .deliveries thead .took { width: 20rem; }
.attacks thead .what { width: 22%; }
.causes thead .cause { width: 13rem; } .causes thead .status { width: 5rem; } .causes thead .count { width: 22rem; }
.causes .time .number { min-width: 2.5rem; }
.outcomes thead .number { width: 6rem; } .outcomes thead .result { width: 16rem; }
.medians thead .what { width: 16rem; } .medians thead .number { width: 6rem; }
.name { display: none; }

@media (max-width: 60rem) {
  body { padding: 1.25rem 0.75rem 2rem; }
  section { padding: 0.9rem; }
  .cards, .cards tbody { display: block; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .cards tbody tr { display: grid; gap: 0.2rem 0.75rem; padding: 0.7rem 0; grid-template-columns: minmax(0, 1fr) auto; }
  .cards tbody tr + tr { border-top: 1px solid var(--line); }
  .cards tbody tr > * { display: block; min-width: 0; padding: 0; border: 0; grid-column: 1 / -1; }
  .cards tbody th { font-weight: 600; }
  .cards td:empty { display: none; }
  .deliveries tbody .what { grid-area: 1 / 1; } .deliveries tbody .from { grid-area: 1 / 2; }
  .causes tbody .cause { grid-area: 1 / 1; } .causes tbody .status { grid-area: 1 / 2; }
  .outcomes tbody tr, .medians tbody tr { grid-template-columns: repeat(3, auto) minmax(0, 1fr); }
  .outcomes tbody td.number, .medians tbody td.number { grid-column: auto; text-align: left; }
  [data-label]::before { content: attr(data-label) " "; color: var(--quiet); }
  .medians .took::before { content: none; }
  .strip { grid-template-columns: repeat(10, minmax(0, 1fr)); }
  .attacks .none { display: none; }
  .attacks tbody td { margin-top: 0.2rem; padding-left: 0.75rem; border-left: 2px solid var(--line); }
  .name { display: inline; }
  .time .number { min-width: 2.9rem; } .parts { padding-left: 3.5rem; gap: 0 0.5rem; }
}
footer { margin-top: 1.5rem; color: var(--quiet); font-size: 0.875rem; }
)css";

}  // namespace demo::html
