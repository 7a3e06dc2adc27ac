/** What the plugins of the installation add to the app, made by `vite/installedPages.ts` of `espalier.config.ts`. */
declare module 'virtual:installed-plugins' {
  const plugins: readonly import('@espalier/admin-kit').PluginAdmin[]
  export default plugins
}
