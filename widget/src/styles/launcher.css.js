// @ts-check
/**
 * The launcher, and the few tokens it shares with the panel: all the CSS that exists before anyone
 * shows intent.
 *
 * The reset stands on `.root`, a child, because a shop's `* {… !important}` reaches the host and is
 * inherited from it. The launcher hangs from the far edge by `translate`, so that a longer text
 * moves nothing that counts as a layout shift.
 */
export default `
:host{display:contents!important}
:host([hidden]),[hidden]{display:none!important}
.root{
  all:initial;
  color-scheme:light dark;
  --ink:light-dark(#1a211e,#edf1ee);
  --line:light-dark(#dfe6e1,#39423d);
  --paper:light-dark(#fff,#191e1b);
  --accent:var(--laurel-accent,light-dark(#23674a,#84d3ab));
  --shade:0 0 0 1px var(--line),0 8px 32px #0b1f1426;
  color:var(--ink);
  font-family:var(--laurel-font,system-ui,sans-serif);
}
:host([scheme=light]) .root{color-scheme:light}
:host([scheme=dark]) .root{color-scheme:dark}
.launcher{
  all:unset;
  position:fixed;
  z-index:999999;
  inset-block-end:max(16px,env(safe-area-inset-bottom));
  inset-inline-start:calc(100% - 16px);
  translate:-100%;
  display:flex;
  align-items:center;
  gap:10px;
  inline-size:max-content;
  padding:10px;
  padding-inline-end:20px;
  border-radius:32px;
  background:var(--paper);
  box-shadow:var(--shade);
  font-weight:600;
  cursor:pointer;
}
[dir=rtl]>.launcher{translate:100%}
:host([position=start]) .launcher{inset-inline-start:16px;translate:none}
:host([launcher=none]) .launcher{display:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.ring{
  padding:10px;
  border-radius:50%;
  background:radial-gradient(var(--paper) 60%,#0000 62%),conic-gradient(var(--accent) calc(var(--fill)*1turn),var(--line) 0);
}
[dir=rtl] .ring{scale:-1 1}
.ring::after{content:"";display:block;padding:6px;border-radius:0 80%;background:var(--accent)}
`;
