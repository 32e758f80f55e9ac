// The model as a codec: its curve, an image at any rate, compressed files in and out.

import * as api from "./api.js";
import { $, bytes, el, later, latest, num, plural, psnr, show } from "./dom.js";
import { colour, css, onTheme } from "./colours.js";
import { facts, lines } from "./chart.js";
import { chosen, download, dropped, forget } from "./files.js";
import { fromURL, paint, smooth } from "./pictures.js";
import { unzip } from "./zip.js";

const range = 64; // the slider goes from the model's lambda divided by this to lambda times this
const previews = 60; // pictures of a file that are shown

export class Codec {
	constructor(app) {
		this.app = app;
		this.tried = [];
		this.send = latest(() => this.try());
		this.slide = later(60, () => this.send());
		$("try-form").addEventListener("submit", e => {
			e.preventDefault();
			this.takeNumber(Number($("try-number").value));
		});
		chosen($("try-file"), ([file]) => this.take(file));
		$("lambda").addEventListener("input", () => {
			this.sayLambda();
			this.slide();
		});
		chosen($("compress-files"), files => this.compress(files));
		chosen($("decompress-file"), ([file]) => this.decompress(file));
		dropped($("compress-drop"), files => this.compress(files));
		dropped($("decompress-drop"), ([file]) => this.decompress(file));
		dropped($("try-card"), ([file]) => this.take(file));
		onTheme(() => this.chart());
	}

	/** shown asks for the curve, and takes a first image. */
	shown() {
		this.modelChanged();
		this.measure();
	}

	left() { clearTimeout(this.timer); }

	ready() { return this.app.model.codec.status === "ready"; }

	/** modelChanged takes a first image when the codec is there, and asks again when it is that of other weights. */
	modelChanged(before, changed) {
		const { codec } = this.app.model;
		if (changed) {
			this.tried = [];
			this.stale = true;
		}
		$("try-card").hidden = codec.lossless;
		$("lambda").disabled = codec.refinable === false || !codec.lambda;
		this.sayLambda();
		if (codec.status !== "ready" && codec.status !== "unavailable") show($("try-message"), "The codec is being fitted to the images …", "note");
		if (codec.status === "unavailable") show($("rate-message"), codec.reason ?? "This model cannot compress.", "note");
		if (this.app.shown !== "codec") return;
		if (changed || before && before.codec.status !== codec.status) this.measure();
		if (!this.ready()) return;
		if (this.file && this.stale) this.send();
		if (!this.file && !this.wanted && this.app.model.data.test > 0) this.takeNumber(0);
	}

	async measure() {
		clearTimeout(this.timer);
		const asked = this.measuring = {}; // a newer call ends this one
		const again = ms => {
			if (this.app.shown === "codec") this.timer = setTimeout(() => this.measure(), ms);
		};
		try {
			const rate = await api.rate();
			if (this.measuring !== asked) return;
			this.rate = rate;
		} catch (e) {
			if (this.measuring !== asked) return;
			show($("rate-message"), e.message);
			return again(5000);
		}
		this.chart();
		const { status, reason } = this.rate;
		const busy = status !== "ready" && status !== "unavailable";
		const points = this.rate.file.length + this.rate.codec.length;
		show($("rate-message"), busy ? "The codec is being measured …" : reason ?? (points ? "" : this.app.model.codec.lossless ? "This model stores images exactly: there is no curve." : "No curve yet: gorgonae rd draws one."), "note");
		if (busy) again(1000);
	}

	chart() {
		if (!this.rate) return;
		// Codecs for photos go far beyond what this model is made for: their points there would squeeze the others.
		const ours = [...this.rate.file.filter(p => p.codec.startsWith("ours")), ...this.rate.codec].map(p => p.psnr).filter(v => v !== null);
		const top = ours.length ? Math.max(...ours) + 6 : Infinity;
		const file = this.rate.file.filter(p => p.psnr === null || p.psnr <= top);
		const names = [...new Set(file.map(p => p.codec))];
		const point = p => [p.bits_per_image, p.psnr, p.setting];
		const series = names.map((name, i) => ({ name, colour: css(colour((i + 1) % 10)), dots: true,
			points: file.filter(p => p.codec === name && p.psnr !== null).map(point).sort((a, b) => a[0] - b[0]) }));
		const images = this.rate.images ? ` (${plural(this.rate.images, "image")})` : "";
		const measured = this.rate.codec.filter(p => p.psnr !== null).sort((a, b) => (a.lambda ?? 0) - (b.lambda ?? 0));
		series.push({ name: `now, by λ${images}`, colour: css(colour(0)), dots: true, dash: "5 4", points: measured.filter(p => p.lambda > 0).map(point) });
		// Without a λ codes are not refined: that point is not on the way from one λ to the next.
		series.push({ name: `now, as fitted${images}`, colour: css(colour(0)), dots: "ring", line: false, points: measured.filter(p => !p.lambda).map(point) });
		if (this.tried.length) series.push({ name: "this image", colour: css(colour(4)), dots: "ring", line: false, points: this.tried });
		const lossless = [...this.rate.file, ...this.rate.codec].filter(p => p.psnr === null);
		lines($("rate-chart"), { title: "Rate and distortion", x: { name: "bits an image", log: true }, y: { name: "PSNR in dB" }, series });
		if (lossless.length) {
			$("rate-chart").append(el("p", { class: "soft" }, "Without loss: " + lossless.map(p => `${p.codec} ${num(p.bits_per_image)} bits`).join(", ")));
		}
	}

	lambda() {
		const own = this.app.model.codec.lambda ?? 0;
		const v = Number($("lambda").value);
		return own * range ** v;
	}

	sayLambda() {
		const text = num(this.lambda() || null);
		if ($("lambda-value").value === text) return;
		$("lambda-value").value = text;
		$("lambda").setAttribute("aria-valuetext", text);
	}

	async takeNumber(index) {
		const wanted = this.wanted = {}; // a newer image ends this call
		try {
			const file = await api.imageFile(index, "test");
			if (this.wanted === wanted) this.take(file);
		} catch (e) {
			if (this.wanted !== wanted) return;
			this.wanted = null;
			show($("try-message"), e.message);
		}
	}

	take(file) {
		this.wanted = null;
		this.file = file;
		this.tried = [];
		this.send();
	}

	async try() {
		if (!this.file) return;
		this.stale = !this.ready();
		if (this.stale) return show($("try-message"), this.app.model.codec.reason ?? "The codec is being fitted to the images …", "note");
		const lambda = $("lambda").disabled ? 0 : this.lambda();
		const start = performance.now();
		const { file, tried } = this; // which another image, or other weights, take away
		try {
			const answer = await api.encode(file, { lambda });
			const ms = performance.now() - start;
			if (this.tried !== tried) return;
			const { codec } = answer;
			if (!codec) {
				const { height, width } = this.app.model.image;
				if (answer.height !== height || answer.width !== width) throw new Error(`The codec takes images of ${height} × ${width} pixels, and this one has ${answer.height} × ${answer.width}.`);
				this.stale = true;
				return show($("try-message"), "The codec is being fitted to the images …", "note");
			}
			paint($("try-original"), await fromURL(answer.original));
			paint($("try-decoded"), await fromURL(codec.reconstruction ?? answer.reconstruction));
			const pixels = answer.height * answer.width;
			facts($("try-facts"), [["bits", num(codec.bits)], ["bits a pixel", num(codec.bits / pixels)], ["squared error", num(codec.squared_error)],
				["PSNR", psnr(codec.psnr)], ["time", `${num(ms, 2)} ms`]]);
			show($("try-message"), (answer.notes ?? []).join(". "), "note");
			if (codec.psnr !== null) tried.push([codec.bits, codec.psnr, `λ ${num(lambda)}`]);
			if (tried.length > 30) tried.shift();
			this.chart();
		} catch (e) {
			if (this.tried === tried) show($("try-message"), e.message);
		}
	}

	async compress(files) {
		const asked = this.compressing = {}; // a newer call ends this one
		const result = $("compress-result");
		forget(result);
		show($("compress-message"), `Compressing ${plural(files.length, "picture")} …`, "note");
		try {
			const before = files.reduce((sum, f) => sum + f.size, 0);
			const { file, info } = await api.compress(files, { external: $("external").checked });
			if (this.compressing !== asked) return;
			show($("compress-message"), "");
			const list = el("dl", { class: "facts" });
			facts(list, [["before", bytes(before)], ["now", bytes(file.size)], ["the decoder in it", info.decoder_bytes ? bytes(info.decoder_bytes) : null],
				["bits an image", num(info.bits_per_image)], ["squared error", num(info.squared_error)]]);
			if (info.decoder_bytes > file.size / 2) show($("compress-message"), "Most of the file is the decoder, which all its images share: more images, or a file without it, take less for each.", "note");
			const name = files.length === 1 ? files[0].name.replace(/\.[^.]*$/, "") : "images";
			result.append(list, download(file, `${name}.gae`, `Save ${name}.gae`));
		} catch (e) {
			if (this.compressing === asked) show($("compress-message"), e.message);
		}
	}

	async decompress(file) {
		const asked = this.decompressing = {}; // a newer call ends this one
		const result = $("decompress-result");
		forget(result);
		show($("decompress-message"), "Decompressing …", "note");
		try {
			const archive = await api.decompress(file);
			const pictures = (await unzip(archive)).filter(f => f.name.endsWith(".png"));
			const blobs = await Promise.all(pictures.slice(0, previews).map(f => f.blob("image/png")));
			if (this.decompressing !== asked) return;
			show($("decompress-message"), pictures.length > previews ? `The first ${previews} are shown.` : "", "note");
			const name = file.name.replace(/\.gae$/i, "");
			const shown = blobs.map((blob, i) => el("img", { src: URL.createObjectURL(blob), alt: pictures[i].name, title: pictures[i].name,
				onload: e => smooth(e.target, e.target.naturalWidth) }));
			result.append(el("p", {}, `${plural(pictures.length, "picture")} from ${bytes(file.size)}`),
				el("div", { class: "gallery" }, ...shown), download(archive, `${name}.zip`, `Save ${name}.zip`));
		} catch (e) {
			if (this.decompressing === asked) show($("decompress-message"), e.message);
		}
	}
}
