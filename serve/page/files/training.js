// The losses of a run, live while it trains.

import * as api from "./api.js";
import { $, el, num, show, whole } from "./dom.js";
import { colour, css, onTheme } from "./colours.js";
import { facts, lines } from "./chart.js";

const rows = 500; // of the table

export class Training {
	constructor(app) {
		this.app = app;
		this.history = null;
		$("log-loss").addEventListener("change", () => this.draw());
		$("curve").addEventListener("change", () => this.draw());
		$("training-epochs").addEventListener("toggle", () => this.draw());
		// A browser opens few connections to a server: pages that nobody sees would take them all.
		document.addEventListener("visibilitychange", () => document.hidden ? this.left() : this.app.shown === "training" && this.shown());
		onTheme(() => this.draw());
	}

	/** shown listens to the server as long as the view is open. */
	shown() {
		if (this.close || document.hidden) return;
		this.close = api.historyStream({
			history: h => this.take(h),
			epoch: e => this.add(e),
			training: on => this.state(on),
			model: () => this.app.refresh(),
			open: () => {
				this.lost = false;
				this.note();
			},
			lost: () => {
				this.lost = true;
				this.note();
			},
		});
	}

	left() {
		this.close?.();
		this.close = null;
	}

	/** note says what is wrong, if anything is. */
	note() {
		const last = this.history?.epochs.at(-1);
		show($("training-message"), this.lost ? "The connection to the server was lost. It is tried again."
			: last && last.loss === null ? "The loss is not a finite number: the training has diverged." : "");
	}

	take(history) {
		this.history = history;
		const names = [["loss", `loss${history.loss ? ` (${history.loss})` : ""}`], ["lr", "learning rate"], ["seconds", "seconds an epoch"],
			...(history.terms ?? []).map((name, i) => [`term ${i}`, name])];
		const chosen = $("curve").value || "loss";
		$("curve").replaceChildren(...names.map(([value, name]) => el("option", { value, selected: value === chosen }, name)));
		this.draw();
	}

	/** add takes an epoch; after a resumed run it replaces one that came before. */
	add(epoch) {
		if (!this.history) return;
		this.history.epochs = [...this.history.epochs.filter(e => e.epoch < epoch.epoch), epoch];
		this.frame ||= requestAnimationFrame(() => this.draw()); // epochs may come faster than pictures
	}

	state(on) {
		if (!this.history) return;
		this.history.training = on;
		$("training-dot").hidden = !on;
		this.draw();
	}

	curves() {
		const { epochs } = this.history;
		const which = $("curve").value;
		const of = (name, read, i) => ({ name, colour: css(colour(i)), points: epochs.map(e => [e.epoch, read(e)]), dots: epochs.length < 40 });
		if (which === "lr") return [of("learning rate", e => e.lr, 0)];
		if (which === "seconds") return [of("seconds", e => e.seconds, 0)];
		if (which.startsWith("term ")) {
			const i = Number(which.slice(5));
			return [of("training", e => e.terms?.[i], 0), of("validation", e => e.val_terms?.[i], 4)];
		}
		return [of("loss", e => e.loss, 0), of("val_loss", e => e.val_loss, 4)];
	}

	draw() {
		this.frame = 0;
		if (!this.history) return;
		this.note();
		const { epochs, training, wanted } = this.history;
		const name = $("curve").selectedOptions[0]?.textContent ?? "loss";
		lines($("loss-chart"), { title: name, x: { name: "epoch", whole: true }, y: { name, log: $("log-loss").checked }, series: this.curves() });
		const last = epochs.at(-1);
		$("training-state").textContent = `${training ? "Training" : "Not training"} · ${last ? `epoch ${whole(last.epoch)}${wanted ? ` of ${whole(wanted)}` : ""}` : "no epoch has ended yet"}`;
		const lowest = epochs.reduce((low, e) => Number.isFinite(e.val_loss) && !(low?.val_loss <= e.val_loss) ? e : low, null);
		const rest = training && wanted && last ? (wanted - last.epoch) * last.seconds : null;
		facts($("training-facts"), last ? [["loss", num(last.loss, 5)], ["val_loss", num(last.val_loss, 5)],
			["lowest val_loss", lowest ? `${num(lowest.val_loss, 5)} in epoch ${lowest.epoch}` : null], ["learning rate", num(last.lr)],
			["an epoch", `${num(last.seconds)} s`], ["to go", rest !== null ? duration(rest) : null]] : []);
		this.table(epochs);
	}

	table(epochs) {
		$("training-rows").textContent = epochs.length > rows ? `The last ${whole(rows)} epochs as a table` : "All epochs as a table";
		if (!$("training-epochs").open) return;
		const head = ["epoch", "loss", "val_loss", "learning rate", "seconds"];
		$("training-table").replaceChildren(
			el("thead", {}, el("tr", {}, ...head.map(h => el("th", { scope: "col" }, h)))),
			el("tbody", {}, ...epochs.slice(-rows).reverse().map(e => el("tr", {}, ...[whole(e.epoch), num(e.loss, 6), num(e.val_loss, 6), num(e.lr), num(e.seconds)]
				.map((v, i) => el(i ? "td" : "th", i ? {} : { scope: "row" }, v))))));
	}
}

const duration = s => s < 90 ? `${Math.round(s)} s` : s < 5400 ? `${Math.round(s / 60)} min` : `${num(s / 3600, 2)} h`;
