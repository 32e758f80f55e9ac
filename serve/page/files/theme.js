// The chosen colours, before anything is painted: a classic script, because modules run after the first paint.
(() => {
	let chosen = null;
	try {
		chosen = localStorage.getItem("theme");
	} catch { /* a browser that keeps nothing shows what the system prefers */ }
	if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
})();
