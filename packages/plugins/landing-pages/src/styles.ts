/** The style of every page: small enough to travel inside it. */
export const styles = `:root{color-scheme:light dark;--text:light-dark(#1b2420,#e8eeea);--ground:light-dark(#fff,#151a18);--soft:light-dark(#eef4f0,#1f2724);--accent:light-dark(#226644,#7ad9a2);--on-accent:light-dark(#fff,#0e2117)}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:1.0625rem/1.6 system-ui,sans-serif}
main>*{max-width:60rem;margin:0 auto;padding:2.5rem 1.5rem}
h1{font-size:clamp(2rem,6vw,3.25rem);line-height:1.1;margin:0 0 1rem}
h2{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}
h3{font-size:1.1rem;margin:0 0 .25rem}
p{margin:0 0 1rem;max-width:42rem}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.hero{padding-block:5rem 3rem}
.lead{font-size:1.25rem}
.button{display:inline-block;padding:.8rem 1.6rem;border-radius:.5rem;background:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none}
.features{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1.5rem;margin:0;padding:0;list-style:none}
.features li{padding:1.25rem;border-radius:.6rem;background:var(--soft)}
.features p{margin:0}
.action{border-radius:.8rem;background:var(--soft)}
footer{font-size:.95rem}
footer ul{display:flex;flex-wrap:wrap;gap:1rem;margin:0;padding:0;list-style:none}`
