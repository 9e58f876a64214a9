/** The look of what stands on the host's page: one round button and the frame of the chat. */
export const STYLE = `
:host{all:initial;--accent:#0b7a75;--ink:#fff}
.root{position:fixed;z-index:2147483000;inset-block-end:20px;font:500 13px/1 system-ui,sans-serif}
.end{inset-inline-end:20px}.start{inset-inline-start:20px}
button{all:unset;box-sizing:border-box;position:relative;display:grid;place-items:center;inline-size:56px;block-size:56px;
border-radius:50%;background:var(--accent);color:var(--ink);cursor:pointer;
box-shadow:0 6px 20px rgb(12 18 24/.24),0 1px 3px rgb(12 18 24/.16);transition:transform 140ms cubic-bezier(.2,0,0,1)}
button:hover{transform:scale(1.05)}button:active{transform:scale(.97)}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #1c5fb0}
svg{grid-area:1/1;inline-size:28px;block-size:28px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;
stroke-linejoin:round;transition:opacity 140ms,transform 140ms}
.x{opacity:0;transform:rotate(-45deg)}
.open .x{opacity:1;transform:none}.open .bubble{opacity:0;transform:rotate(45deg)}
.badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-inline-size:22px;block-size:22px;padding-inline:6px;
box-sizing:border-box;border-radius:11px;background:#c5281c;color:#fff;display:grid;place-items:center;
font-size:12px;font-weight:700;box-shadow:0 0 0 2px #fff}
.badge[hidden]{display:none}
.panel{position:absolute;inset-block-end:72px;inline-size:400px;block-size:min(660px,calc(100dvh - 112px));
border-radius:16px;overflow:hidden;background:linear-gradient(var(--accent) 68px,Canvas 68px);box-shadow:0 16px 48px rgb(12 18 24/.26),0 2px 8px rgb(12 18 24/.14);
opacity:0;visibility:hidden;transform:translateY(12px);
transition:opacity 160ms,transform 160ms cubic-bezier(.2,0,0,1),visibility 0s 160ms}
.end .panel{inset-inline-end:0}.start .panel{inset-inline-start:0}
.open .panel{opacity:1;visibility:visible;transform:none;transition-delay:0s}
.light .panel{color-scheme:light}.dark .panel{color-scheme:dark}.auto .panel{color-scheme:light dark}
iframe{position:absolute;inset:0;inline-size:100%;block-size:100%;border:0}
@media (max-width:520px),(max-height:440px){
.panel{position:fixed;inset:0;inset-block-start:var(--top,0);inline-size:100%;block-size:var(--height,100dvh);border-radius:0}
.open button{visibility:hidden}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{.root{display:none}}
`;
