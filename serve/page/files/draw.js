// Draw an image, or give a file: its code, its reconstruction, its error, its bits.

import * as api from "./api.js";
import { $, latest, num, plural, psnr, show } from "./dom.js";
import { isDark, onTheme } from "./colours.js";
import { bars, facts } from "./chart.js";
import { chosen, dropped, pasted } from "./files.js";
import { Pad } from "./pad.js";
import { blank, difference, fromURL, paint } from "./pictures.js";

const most = 512; // bars of a code

export class Draw {
	constructor(app) {
		this.app = app;
		const { image } = app.model;
		this.pad = new Pad(image, () => this.drawn());
		this.send = latest(() => this.refresh());
		this.file = null; // a picture that was given, as it is
		$("ink-label").hidden = image.channels < 3;
		const digits = image.channels === 1 && image.width === 28 && image.height === 28;
		$("centre").checked = digits;
		$("centre").parentElement.hidden = !digits;
		$("pad-undo").addEventListener("click", () => this.pad.undo());
		$("pad-clear").addEventListener("click", () => this.pad.clear());
		$("centre").addEventListener("change", () => this.send());
		$("fit").addEventListener("change", () => this.send());
		chosen($("draw-file"), ([file]) => this.take(file));
		$("draw-number-form").addEventListener("submit", e => {
			e.preventDefault();
			this.takeNumber(Number($("draw-number").value));
		});
		$("draw-show").addEventListener("click", () => {
			app.open("plane", true);
			app.views.plane.visit(this.place);
		});
		dropped($("view-draw"), ([file]) => this.take(file));
		pasted(([file]) => app.shown === "draw" && this.take(file));
		onTheme(() => this.paintDifference());
		facts($("draw-facts"), [["squared error", "–"], ["PSNR", "–"], ["bits", "–"]]);
	}

	/** shown looks once, whether the images of the data set are dark on white: then so is the paper. */
	async shown() {
		const { data } = this.app.model;
		if (this.looked || !data.train) return;
		this.looked = true;
		try {
			const bitmap = await api.image(0);
			const c = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
			c.drawImage(bitmap, 0, 0);
			const row = c.getImageData(0, 0, bitmap.width, 1).data;
			this.pad.white = row.reduce((sum, v) => sum + v, 0) / row.length > 160;
			$("ink").value = this.pad.white ? "#000000" : "#ffffff";
			this.pad.draw();
		} catch { /* until there are images of the data set the paper is black */
			this.looked = false;
		}
		$("draw-number").max = data.train - 1;
	}

	/** modelChanged asks again, when the weights are others, or what the server did not know yet has been computed: the place in the plane, the bits. */
	modelChanged(before, changed) {
		const { axes, codec } = this.app.model;
		if (this.app.shown === "draw") this.shown();
		if (changed || before && (axes.length !== before.axes.length || codec.status !== before.codec.status)) this.send();
	}

	drawn() {
		this.wanted = null; // a picture that is still being read comes too late
		if (!this.pad.picture) this.file = null;
		this.send();
	}

	async take(file) {
		const wanted = this.wanted = file; // a newer one ends this call
		let bitmap = null;
		try {
			bitmap = await createImageBitmap(file);
		} catch { /* the server reads more formats than browsers show: TIFF, PNM */ }
		if (this.wanted !== wanted) return;
		this.pad.show(bitmap);
		this.file = file;
		this.send();
	}

	async takeNumber(index) {
		const wanted = this.wanted = {};
		try {
			const file = await api.imageFile(index);
			if (this.wanted === wanted) await this.take(new File([file], `${index}.png`, { type: "image/png" }));
		} catch (e) {
			if (this.wanted === wanted) show($("draw-message"), e.message);
		}
	}

	async refresh() {
		if (this.pad.empty && !this.file) return this.nothing();
		try {
			const strokes = this.pad.strokes.length > 0;
			const file = this.file && !strokes ? this.file : await this.pad.blob($("centre").checked);
			const answer = await api.encode(file, { fit: strokes || !this.file ? "" : $("fit").value });
			this.original = await fromURL(answer.original);
			this.reconstruction = await fromURL(answer.reconstruction);
			paint($("draw-original"), this.original);
			paint($("draw-reconstruction"), this.reconstruction);
			this.paintDifference();
			this.tell(answer);
			show($("draw-message"), (answer.notes ?? []).join(". "), "note");
		} catch (e) {
			this.nothing(); // what was shown was made of another image
			show($("draw-message"), e.message);
		}
	}

	tell(answer) {
		const numbers = answer.height * answer.width * this.app.model.image.channels;
		const { codec } = answer;
		facts($("draw-facts"), [
			["squared error", num(answer.squared_error)],
			["mean squared", num(answer.squared_error / numbers)],
			["PSNR", psnr(answer.psnr)],
			["bits", codec ? num(codec.bits) : "–"],
			codec ? ["after rounding", psnr(codec.psnr)] : ["", null],
		]);
		$("code-chart-title").textContent = `Code: ${plural(answer.code.length, "number")}${answer.code.length > most ? `, of which the first ${most} are shown` : ""}`;
		$("draw-code").replaceChildren(bars(answer.code.slice(0, most)));
		this.place = answer.place;
		$("draw-show").disabled = !answer.place || this.app.model.codes.status === "unavailable";
	}

	paintDifference() {
		if (this.original && this.reconstruction) difference($("draw-difference"), this.original, this.reconstruction, isDark());
	}

	nothing() {
		for (const id of ["draw-original", "draw-reconstruction", "draw-difference"]) blank($(id));
		this.original = this.reconstruction = null;
		facts($("draw-facts"), [["squared error", "–"], ["PSNR", "–"], ["bits", "–"]]);
		$("draw-code").replaceChildren();
		$("draw-show").disabled = true;
		show($("draw-message"), "");
	}
}
