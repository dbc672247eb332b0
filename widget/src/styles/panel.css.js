// @ts-check
/**
 * Everything that shows after the shopper has opened the panel.
 *
 * Text is never in the accent colour, so that a shop may choose any accent: the contrast of text
 * depends on our own ink and paper alone, and of buttons on the pair accent and on-accent. What
 * must be seen in forced colours is a border, because backgrounds vanish there. Logical properties
 * only; `display` of the dialog is set only while it is open.
 */
export default `
.root{
  --soft:light-dark(#55615b,#aab6af);
  --well:color-mix(in oklab,var(--accent) 8%,var(--paper));
  --r:var(--laurel-radius,16px);
  line-height:1.5;
}
dialog{
  position:fixed;
  inset:auto;
  inset-block-end:80px;
  inset-inline-end:16px;
  box-sizing:border-box;
  inline-size:400px;
  block-size:min(640px,100dvh - 96px);
  max-inline-size:none;
  max-block-size:none;
  padding:0;
  border:1px solid var(--line);
  border-radius:var(--r);
  background:var(--paper);
  color:inherit;
  box-shadow:var(--shade);
  flex-direction:column;
}
dialog:is(:popover-open,[open]){display:flex}
dialog:modal::backdrop{background:#06120c8c}
:host([position=start]) dialog{inset-inline:16px auto}
@media(max-width:600px){.root dialog{inset:auto 0 0!important;inline-size:100%;block-size:calc(100dvh - 16px);border-end-start-radius:0;border-end-end-radius:0}}
:is(h2,h3,p,ul,ol){margin:0;padding:0;font:inherit}
ul,ol,.view,.hero,.list,.card{list-style:none;display:grid;gap:12px}
:is(h2,h3,strong,.price,button,a){font-weight:600}
.soft,thead{color:var(--soft);font-size:.875em;font-weight:400}
header,.row,.entry{display:flex;align-items:center;justify-content:space-between;gap:12px}
header{padding:12px 24px 0}
button,a{
  display:grid;
  place-items:center;
  box-sizing:border-box;
  min-block-size:44px;
  min-inline-size:44px;
  flex:none;
  padding:0 20px;
  border:1px solid #0000;
  border-radius:var(--r);
  background:none;
  color:inherit;
  font:inherit;
  cursor:pointer;
}
input{flex:1;min-inline-size:0;block-size:44px;margin:0;accent-color:var(--accent)}
[aria-disabled]{opacity:.6}
.primary{background:var(--accent);color:var(--laurel-on-accent,light-dark(#fff,#08190f));text-decoration:none}
.plain{border-color:var(--line);text-decoration:none}
.quiet{padding:0;text-decoration:underline}
#close{margin-inline-end:-16px;text-decoration:none}
.hero .row{flex-wrap:wrap}
.primary:hover{filter:brightness(1.1)}
.tabs{display:flex;gap:16px;padding:0 24px;overflow:auto}
.tabs button{padding:0;border-width:0 0 2px;border-radius:0;outline-offset:-2px;color:var(--soft);font-weight:400}
.tabs [aria-selected=true]{border-color:var(--accent);color:inherit;font-weight:600}
.body{flex:1;overflow:auto;overscroll-behavior:contain;padding:20px 24px;border-block-start:1px solid var(--line);outline-offset:-2px}
.view{gap:20px}
.hero,.card{padding:20px;border:1px solid var(--line);border-radius:var(--r)}
.hero{justify-items:start;border-color:#0000;background:var(--well)}
h2,.hero h3{font-size:1.25em}
.big{font-size:2.75em;line-height:1}
.bar{border-radius:4px;background:var(--line);overflow:hidden}
.bar i{display:block;inline-size:calc(var(--fill)*100%);border-block-start:8px solid var(--accent)}
.dots{list-style:disc;padding-inline-start:20px}
.ticket{border:1px dashed var(--accent);background:var(--well)}
.code{font:1.25em monospace;overflow-wrap:anywhere;user-select:all}
table{inline-size:100%;border-collapse:collapse}
:is(th,td){padding:12px 8px;text-align:start;vertical-align:top}
tr,.entry{border-block-end:1px solid var(--line)}
[aria-current]{background:var(--well)}
.entry{padding-block-end:12px}
#said:not(:empty),#warning{padding:12px 24px;background:var(--well)}
.wait{block-size:160px;border-radius:var(--r);background:var(--well);color:#0000}
@media(prefers-reduced-motion:no-preference){
  dialog{animation:rise .3s}
  .bar i{transition:inline-size .8s;animation:grow .8s}
  @keyframes rise{from{opacity:0;translate:0 14px}}
  @keyframes grow{from{inline-size:0}}
}
`;
