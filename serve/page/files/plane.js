// The latent plane: points, pointer, and what belongs to the place under it.

import { $, brief, el, show, whole } from "./dom.js";
import { onTheme } from "./colours.js";
import { gestures, keys } from "./gestures.js";
import { Legend } from "./legend.js";
import { Lens } from "./lens.js";
import { Loading } from "./loading.js";
import { PlaneMap } from "./map.js";
import { Overlay } from "./overlay.js";
import { Path } from "./path.js";
import { images } from "./pictures.js";
import { Points } from "./points.js";
import { Scene } from "./scene.js";
import { Sliders } from "./sliders.js";
import { onDensity, View } from "./view.js";

const catching = 28; // pixels around the probe in which an image is "there"

/** Plane is the first view of the page. */
export class Plane {
	constructor(app) {
		this.app = app;
		this.view = new View();
		this.points = null;
		this.place = [0, 0]; // of the probe, along all axes
		this.axes = [0, 1]; // that the plane shows
		this.near = -1; // the point near the probe
		this.pinned = false;
		this.stage = $("stage");
		this.canvas = $("overlay");
		this.overlay = new Overlay(this.canvas);
		this.scene = new Scene(this.stage);
		this.scene.redraw = () => this.redraw(true);
		this.picture = images();
		this.legend = new Legend(() => {
			this.recolour();
			this.set(this.place, false); // the nearest image may be hidden now
		});
		this.lens = new Lens(this);
		this.sliders = new Sliders((k, v) => this.slide(k, v));
		this.path = new Path(this);
		this.map = new PlaneMap(this);
		this.loading = new Loading(app, codes => this.take(codes));
		this.listen();
	}

	listen() {
		gestures(this.canvas, {
			hover: (x, y) => this.pinned || this.probe(...this.view.toPlane(x, y)),
			pick: (x, y) => this.pick(x, y),
			pan: (dx, dy, touch) => this.drag(dx, dy, touch),
			zoom: (factor, x, y) => this.zoom(factor, x, y),
			moving: on => this.stage.classList.toggle("moving", on),
		});
		keys(this.canvas, {
			move: (dx, dy) => this.step(dx, dy),
			pan: (dx, dy) => this.drag(-40 * dx, 40 * dy),
			zoom: factor => this.zoom(factor, ...this.view.toScreen(...this.spot())),
			0: () => this.reset(), Home: () => this.reset(),
			Enter: () => this.snap(), " ": () => this.snap(), Escape: () => this.release(),
			a: () => this.path.take(0), b: () => this.path.take(1),
		});
		$("zoom-in").addEventListener("click", () => this.zoom(1.5, this.view.width / 2, this.view.height / 2));
		$("zoom-out").addEventListener("click", () => this.zoom(1 / 1.5, this.view.width / 2, this.view.height / 2));
		$("zoom-all").addEventListener("click", () => this.reset());
		$("slider-reset").addEventListener("click", () => this.recentre());
		for (const [k, id] of ["axis-x", "axis-y"].entries()) $(id).addEventListener("change", e => this.choose(k, Number(e.target.value)));
		new ResizeObserver(() => this.resize()).observe(this.stage);
		onDensity(() => this.redraw(true));
		onTheme(() => this.relabel());
	}

	/** load shows the codes, a sample first, until all are there. */
	async load() {
		if (await this.loading.start(() => this.app.model.plane_axes ? this.axes : undefined)) setTimeout(() => this.scene.upgrade() && this.redraw(true), 50);
	}

	async take(codes) {
		const { model } = this.app;
		const fresh = this.points === null || this.fresh;
		this.fresh = false;
		this.points = new Points(codes, model.code.numbers, model.data.classes?.length ?? 0, fresh ? undefined : this.points.range);
		this.index = null;
		this.near = -1;
		const part = codes.complete ? "" : ` of ${whole(codes.total)}`;
		show($("plane-message"), "");
		$("plane-count").textContent = `${whole(codes.n)}${part} codes`;
		this.relabel();
		this.stage.dataset.count = codes.n;
		if (this.renewed) this.release();
		this.set(this.touched ? this.place : this.at(0, 0), false); // what was near has another number among these points
		if (this.renewed) this.path.again();
		this.renewed = false;
		if (fresh) this.map.renew();
		if (!this.app.model.axes.length) await this.app.refresh();
		this.describe();
		if (this.wanted) this.visit(this.wanted);
	}

	/** describe takes the names of the axes from the model. */
	describe() {
		const { axes, principal } = this.app.model;
		if (!axes.length) return;
		this.sliders.build(axes);
		this.sliders.set(this.place);
		$("axes-note").textContent = principal ? "Principal axes of the codes, by their share of the variance. 0 is the mean code." : "";
		$("map-toggle").hidden = this.points.numbers < 2;
		$("axes-choice").hidden = axes.length < 3 || !this.app.model.plane_axes;
		for (const [k, id] of ["axis-x", "axis-y"].entries()) {
			if ($(id).length !== axes.length) $(id).replaceChildren(...axes.map((a, i) => el("option", { value: i }, brief(a.name))));
			$(id).value = this.axes[k];
		}
		$("label-x").textContent = brief(axes[this.axes[0]]?.name ?? "");
		$("label-y").textContent = axes.length > 1 ? brief(axes[this.axes[1]].name) : "";
	}

	choose(k, axis) {
		const other = this.axes[1 - k];
		if (axis === other) this.axes[1 - k] = this.axes[k];
		this.axes[k] = axis;
		this.fresh = true; // other axes have another range
		this.view.reset();
		this.describe();
		this.load();
	}

	shownAxes(place) { return this.points.numbers > 1 ? [place[this.axes[0]] ?? 0, place[this.axes[1]] ?? 0] : [place[0] ?? 0]; }

	position() { return this.points ? this.points.position(this.shownAxes(this.place)) : [0, 0]; }

	/** spot is where the probe is in the plane; codes of one number have lanes, where it may be anywhere. */
	spot() {
		const [x, y] = this.position();
		return this.points?.numbers > 1 ? [x, y] : [x, this.lane ?? 0];
	}

	/** probe moves the probe to a position of the plane; the other axes stay. */
	probe(x, y) {
		if (!this.points) return;
		this.lane = y;
		this.set(this.at(x, y));
	}

	/** at returns the place of a position of the plane; the other axes are those of the probe. */
	at(x, y) {
		const shown = this.points.place(x, y);
		const place = shown.length > 1 ? [...this.place] : [];
		shown.forEach((v, k) => place[this.axes[k]] = v);
		return Array.from(place, v => v ?? 0);
	}

	/** set moves the probe to a place along all axes. */
	set(place, touched = true) {
		if (!this.points) return;
		this.touched ||= touched;
		const elsewhere = this.app.model.axes.some((_, k) => !this.axes.includes(k) && (place[k] ?? 0) !== (this.place[k] ?? 0));
		this.place = place;
		if (elsewhere) this.map.settle(); // the plane cuts the space of codes in another place
		const [x, y] = this.spot();
		const p = this.points.nearest(x, y, this.view.sx, this.view.sy, this.legend.visible);
		const far = p < 0 || Math.hypot((this.points.xy[2 * p] - x) * this.view.sx, (this.points.xy[2 * p + 1] - y) * this.view.sy) > catching;
		this.near = far ? -1 : p;
		this.sliders.set(place);
		this.lens.update();
		this.redraw();
	}

	slide(k, v) {
		this.release();
		const place = [...this.place];
		while (place.length <= k) place.push(0);
		place[k] = v;
		this.set(place);
	}

	/** visit shows a place that comes from elsewhere: the code of a drawing. */
	visit(place) {
		this.wanted = this.points ? null : place; // until there are codes, it waits
		if (!this.points || !place) return;
		this.release();
		this.view.reveal(...this.points.position(this.shownAxes(place)));
		this.set(place);
		this.moved();
	}

	shown() { this.resize(); }

	left() { this.path.stop(); }

	modelChanged(before, changed) {
		if (changed) { // by a training, or another server: all codes are others
			this.fresh = this.renewed = true;
			this.load();
		}
		if (!this.points) return;
		this.describe();
		if (before?.data.status !== this.app.model.data.status) this.relabel(); // the names of the classes are known now
	}

	recentre() {
		if (!this.points) return;
		this.release();
		this.set(this.app.model.principal ? [0, 0] : this.points.place(0, 0));
	}

	step(dx, dy) {
		this.release();
		const [x, y] = this.spot();
		this.view.reveal(x + 12 * dx / this.view.sx, y + 12 * dy / this.view.sy);
		this.probe(x + 12 * dx / this.view.sx, y + 12 * dy / this.view.sy);
	}

	/** pick goes to the image at a pixel and holds it; where there is none it holds the place. */
	pick(px, py) {
		if (!this.points) return;
		if (this.pinned) {
			this.release();
			this.probe(...this.view.toPlane(px, py));
			return;
		}
		this.probe(...this.view.toPlane(px, py));
		this.snap();
	}

	/** snap holds the nearest image: probe and sliders go to its code. */
	snap() {
		if (!this.points) return;
		this.pinned = true;
		this.stage.classList.add("pinned");
		if (this.near >= 0) this.lens.hold(this.points.images[this.near]);
		this.redraw();
	}

	release() {
		if (!this.pinned) return;
		this.pinned = false;
		this.stage.classList.remove("pinned");
		this.lens.release();
		this.lens.update();
	}

	/** drag moves the plane. A finger covers what it points at, so the probe stays on the screen and the plane moves under it. */
	drag(dx, dy, touch) {
		const [px, py] = this.view.toScreen(...this.spot());
		this.view.pan(dx, dy);
		if (touch && !this.pinned) this.probe(...this.view.toPlane(px, py));
		this.moved();
	}

	zoom(factor, px, py) {
		this.view.zoomAt(factor, px, py);
		this.moved();
	}

	reset() {
		this.view.reset();
		this.moved();
	}

	moved() {
		this.lens.follow();
		this.map.settle();
		this.redraw(true);
	}

	recolour() {
		if (!this.points) return;
		const labels = Math.max(this.app.model.data.classes?.length ?? 0, ...(this.legend.labels ?? []).filter(l => l !== 65535).map(l => l + 1), 1);
		this.scene.set(this.points, this.legend.visible, labels);
		this.redraw(true);
	}

	relabel() {
		if (!this.points) return;
		this.legend.build(this.points, this.app.model.data.classes ?? []);
		this.recolour();
	}

	resize() {
		const { clientWidth, clientHeight } = this.stage;
		if (!clientWidth) return;
		this.view.width = clientWidth;
		this.view.height = clientHeight;
		this.moved();
	}

	/** redraw draws in the next frame: the marks, and the points too if they moved. */
	redraw(points = false) {
		this.stale ||= points;
		if (this.frame) return;
		this.frame = requestAnimationFrame(() => {
			this.frame = 0;
			if (!this.points || !this.stage.clientWidth) return;
			if (this.stale) {
				this.stage.dataset.zoom = this.view.zoom.toFixed(3);
				this.scene.draw(this.view);
				this.map.draw(this.view);
				this.stale = false;
			}
			this.overlay.draw(this.view, this.points, { probe: this.touched ? this.spot() : null,
				near: this.touched ? this.near : -1, ...this.path.marks(this.points) });
			if (!this.first) this.first = performance.mark("codes-drawn");
		});
	}

	/** nearImage is the number of the image near the probe, or null. */
	nearImage() { return this.points && this.near >= 0 ? this.points.images[this.near] : null; }

	/** heightOf is how high in the plane an image is, or where the probe is if it is not there. */
	heightOf(image) {
		const p = this.pointOf(image);
		return p >= 0 ? this.points.xy[2 * p + 1] : this.lane;
	}

	/** pointOf returns the point of an image, or -1. */
	pointOf(image) {
		this.index ??= new Map(Array.from(this.points.images, (number, p) => [number, p]));
		return this.index.get(image) ?? -1;
	}
}
