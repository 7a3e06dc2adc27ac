/** What stands over a page in the admin: never in what visitors get. */
export const canvasStyles = `
.ed-unshown{margin:.5rem auto;padding:1rem 1.5rem;border:2px dashed var(--line);border-radius:.6rem;color:var(--text);font-size:1rem}
.ed-unshown strong{display:block}
.ed-unshown ul{margin:.25rem 0 0;padding-left:1.2rem}
[data-mark]{outline:3px solid;outline-offset:-3px}
[data-mark=added]{outline-color:light-dark(#1a7f4b,#66d19a)}
[data-mark=removed]{outline-color:light-dark(#b3261e,#ff9086)}
[data-mark=changed]{outline-color:light-dark(#9a6700,#e9b44c)}
[data-outdated]{opacity:.55}
[data-wrong]{box-shadow:inset 0 0 0 2px light-dark(#b3261e,#ff9086)}
a{cursor:default}
:root{--puck-color-selection-border:light-dark(#2f8a5e,#63cf97);--puck-color-selection-bg:light-dark(#2f8a5e14,#63cf971f);--puck-slot-component-color-placeholder:light-dark(#2f8a5e,#63cf97);--puck-color-line-placeholder:light-dark(#2f8a5e,#63cf97)}
[data-puck-overlay] [class*="DraggableComponent-actions_"]{zoom:var(--ed-enlarged,1)}
`
