// Before the first paint: the look that was chosen in this browser (packages/admin-kit/src/theme/theme.ts). A file of
// its own, because the policy of the app forbids scripts inside of its page.
try {
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Without storage there is no choice.
}
