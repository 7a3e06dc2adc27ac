/**
 * The style that every page starts with: small enough to travel inside it. What a kind of block needs beyond it
 * stands with the block, and travels only in pages that have one.
 *
 * Colors, each with its light and dark form: --text on --ground or --soft, --on-accent on --accent, --line between.
 */
export const styles = `:root{color-scheme:light dark;--text:light-dark(#1b2420,#e8eeea);--ground:light-dark(#fff,#151a18);--soft:light-dark(#eef4f0,#1f2724);--line:light-dark(#cbd6d0,#3a4641);--accent:light-dark(#226644,#7ad9a2);--on-accent:light-dark(#fff,#0e2117)}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:1.0625rem/1.6 system-ui,sans-serif;overflow-wrap:break-word}
main>*,footer{max-width:60rem;margin:0 auto;padding:2.5rem 1.5rem}
h1{font-size:clamp(2rem,6vw,3.25rem);line-height:1.1;margin:0 0 1rem;text-wrap:balance}
h2{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}
h3{font-size:1.1rem;margin:0 0 .25rem}
p{margin:0 0 1rem;max-width:42rem}
a{color:var(--accent)}
img{max-width:100%;height:auto}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.button{display:inline-block;padding:.8rem 1.6rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`
