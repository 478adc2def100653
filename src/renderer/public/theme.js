// Before the first paint, so that a dark room never sees a white flash. The same rule is in state/theme.ts.
(() => {
  let choice = 'system';
  try {
    choice = localStorage.getItem('cellwright.theme') ?? 'system';
  } catch {
    // A browser that keeps nothing gets the system's theme.
  }
  const isDark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
