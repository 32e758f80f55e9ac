// What must not wait for the modules: the chosen colours, before anything is painted, and the first questions to the server.
(() => {
	let chosen = null;
	try {
		chosen = localStorage.getItem("theme");
	} catch { /* a browser that keeps nothing shows what the system prefers */ }
	if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;

	const quiet = promise => (promise.catch(() => {}), promise); // who takes an answer handles its failure
	const model = quiet(fetch("/api/model"));
	const codes = quiet(model.then(r => r.clone().json()).then(m => m.codes.status === "unavailable" ? null
		: fetch("/api/codes?after=0", { headers: { Accept: "application/octet-stream" } })));
	window.early = { model, codes };
})();
