// Tabs, theme, and the model that all views share.

import * as api from "./api.js";
import { $, pause, show, whole } from "./dom.js";
import { isDark } from "./colours.js";
import { elsewhere } from "./files.js";
import { Plane } from "./plane.js";

const views = ["plane", "draw", "codec", "training"];

// The other views come when they are opened: the first picture is that of the plane.
const others = {
	draw: async app => new (await import("./draw.js")).Draw(app),
	codec: async app => new (await import("./codec.js")).Codec(app),
	training: async app => new (await import("./training.js")).Training(app),
};

/** another says whether the server at this address shows another model now, or is another version of the program. */
function another(a, b) {
	const key = m => JSON.stringify([m.version, m.name, m.architecture, m.image, m.code]);
	const known = a.data.status === "ready" && b.data.status === "ready";
	return key(a) !== key(b) || known && (a.data.name !== b.data.name || a.data.train !== b.data.train);
}

/** extent is what other weights change, as soon as their codes are known: a server that was started again counts revisions anew. */
const extent = model => model.axes.length ? JSON.stringify(model.axes.map(a => [a.low, a.high])) : null;

const app = {
	model: null,
	views: {},
	making: {},
	asked: 0, // questions for the model, and the number of the one whose answer is shown
	seen: 0,
	extent: null,

	/** refresh reads the model anew, and tells the views what it was, and whether its codes are others now. */
	async refresh() {
		const asked = ++this.asked;
		let model;
		try {
			model = await api.model();
		} catch (e) {
			if (asked > this.seen) show($("page-message"), e.message);
			return;
		}
		if (asked < this.seen) return; // a newer answer was faster
		this.seen = asked;
		show($("page-message"), model.missing ? "The file of the model is gone. What is shown is the model as it was read." : "");
		const before = this.model;
		if (before && another(before, model)) return location.reload();
		this.model = model;
		facts(model);
		const renewed = before !== null && before.revision !== model.revision;
		const now = extent(model) ?? this.extent;
		const changed = renewed || before?.codes.status === "unavailable" && model.codes.status !== "unavailable" || this.extent !== null && now !== this.extent;
		this.extent = renewed ? extent(model) : now;
		for (const view of Object.values(this.views)) view.modelChanged?.(before, changed);
	},

	/** open shows a view. */
	async open(name, focus = false) {
		for (const view of views) {
			const on = view === name;
			$(`view-${view}`).hidden = !on;
			$(`tab-${view}`).setAttribute("aria-selected", String(on));
			$(`tab-${view}`).tabIndex = on ? 0 : -1;
		}
		if (focus) $(`tab-${name}`).focus();
		if (location.hash !== `#${name}`) history.replaceState(null, "", `#${name}`);
		document.title = `${this.model ? this.model.name + " · " : ""}gorgonae`;
		this.shown = name;
		if (!this.model) return; // start opens what the address names
		for (const [key, view] of Object.entries(this.views)) if (key !== name) view.left?.();
		try {
			this.views[name] ??= await (this.making[name] ??= others[name](this));
		} catch {
			delete this.making[name];
			return show($("page-message"), "This view cannot be loaded: reload the page. Does gorgonae serve still run?");
		}
		if (this.shown === name) this.views[name].shown?.();
	},
};

function facts(model) {
	const { image, code, data } = model;
	const pixels = `${image.height} × ${image.width}${image.channels > 1 ? " colour" : ""}`;
	const shape = code.shape.length > 1 ? code.shape.join(" × ") : `${whole(code.numbers)} number${code.numbers === 1 ? "" : "s"}`;
	$("run-name").textContent = model.name;
	$("run-facts").textContent = [model.architecture, data.name, `${pixels} → ${shape}`].filter(Boolean).join(" · ");
	$("training-dot").hidden = !model.training;
}

function tabs() {
	views.forEach((name, i) => {
		const tab = $(`tab-${name}`);
		tab.addEventListener("click", () => app.open(name));
		tab.addEventListener("keydown", e => {
			const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: views.length - 1 }[e.key];
			if (to === undefined) return;
			e.preventDefault();
			app.open(views[(to + views.length) % views.length], true);
		});
	});
	addEventListener("hashchange", () => views.includes(location.hash.slice(1)) && app.open(location.hash.slice(1)));
}

function theme() {
	const button = $("theme");
	const name = () => button.textContent = isDark() ? "Light" : "Dark";
	button.addEventListener("click", () => {
		document.documentElement.dataset.theme = isDark() ? "light" : "dark";
		try {
			localStorage.setItem("theme", document.documentElement.dataset.theme);
		} catch { /* then it holds until the page is closed */ }
		name();
	});
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
	name();
}

/** watch reads the model again and again while the page is seen, more often while something is being computed or trained. */
async function watch() {
	const busy = s => s === "waiting" || s === "working" || s === "sample";
	document.addEventListener("visibilitychange", () => document.hidden || app.refresh());
	for (;;) {
		const { training, data, codes, codec } = app.model;
		await pause(training || [data, codes, codec].some(part => busy(part.status)) ? 1500 : 5000);
		if (!document.hidden) await app.refresh();
	}
}

async function start() {
	theme();
	tabs();
	elsewhere();
	for (await app.refresh(); !app.model; await app.refresh()) await pause(2000);
	const plane = app.views.plane = new Plane(app);
	if (app.model.codes.status === "unavailable") plane.loading.without(app.model.codes.reason);
	else plane.load();
	const wanted = location.hash.slice(1);
	app.open(views.includes(wanted) ? wanted : "plane");
	watch();
	await pause(3000); // then the other views are fetched as well: they open, though the server may have gone by then
	for (const name of Object.keys(others)) import(`./${name}.js`).catch(() => {});
}

start();
